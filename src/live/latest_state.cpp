#include "live/latest_state.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace rotacast::live {

LatestState::LatestState(net::Loop& loop,
                         const hub::LoopHub& hub,
                         History& history,
                         const hub::Subscriber& subscriber,
                         std::size_t entries_max,
                         Backlogged backlogged,
                         Done done)
    : loop_(loop),
      hub_(hub),
      history_(history),
      subscriber_(subscriber),
      backlogged_(std::move(backlogged)),
      done_(std::move(done)),
      epoch_(hub.recent().epoch()) {
    found_.from = found_.up_to = hub.recent().position();
    end_ = found_.up_to - std::min<events::Offset>(found_.up_to, entries_max);
}

void LatestState::start() {
    for (const auto& batch : hub_.recent().batches() | std::views::reverse) {
        if (found_.from <= end_) break;
        look_at(batch);
    }
    look_further();
}

void LatestState::look_further() {
    if (cancelled_) return;
    if (found_.from <= end_) return finish();
    history_.read({epoch_, {found_.from - 1}},
                  loop_,
                  [self = shared_from_this()](Result<hub::PublicationBatchPtr> block) {
                      if (self->cancelled_) return;
                      try {
                          self->block_read(std::move(block));
                      } catch (...) {
                          log::error("the latest state could not be found: {}", fault_name());
                          self->done_(Error{ErrorCode::internal, "", ""});
                      }
                  });
}

void LatestState::block_read(Result<hub::PublicationBatchPtr> block) {
    if (!block) return done_(block.error());
    // Retention deleted the entries further back.
    if ((*block)->after() >= found_.from) return finish();
    look_at(*block);
    look_further();
}

// Examines the part of the batch that was not examined yet, newest first.
void LatestState::look_at(const hub::PublicationBatchPtr& batch) {
    const auto& publications = batch->publications();
    for (auto i = static_cast<std::uint32_t>(publications.size()); i-- > 0;) {
        const auto& publication = publications[i];
        if (publication.position.offset > found_.from || publication.position.offset <= end_)
            continue;
        const bool watched = std::ranges::any_of(publication.topics, [&](const hub::Topic& topic) {
            return hub_.would_receive(subscriber_, topic);
        });
        if (watched && subjects_.insert(hub::subject_of(publication)).second)
            found_.events.push_back({batch, i});
    }
    found_.from = std::max(batch->after(), end_);
}

void LatestState::proceed() {
    if (std::exchange(waiting_, false)) finish();
}

void LatestState::finish() {
    if (cancelled_) return;
    if (backlogged_()) {
        waiting_ = true;
        return;
    }
    found_.epoch = epoch_;
    std::ranges::reverse(found_.events);
    done_(std::move(found_));
}

}  // namespace rotacast::live

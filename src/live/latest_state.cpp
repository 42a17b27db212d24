#include "live/latest_state.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace rotacast::live {

LatestState::LatestState(net::Loop& loop,
                         const hub::LoopHub& hub,
                         History& history,
                         const hub::Subscriber& subscriber,
                         std::size_t entries_max,
                         Done done)
    : loop_(loop),
      hub_(hub),
      history_(history),
      subscriber_(subscriber),
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
                      if (!block) return self->done_(block.error());
                      // Retention has taken what lies further back.
                      if ((*block)->after() >= self->found_.from) return self->finish();
                      self->look_at(*block);
                      self->look_further();
                  });
}

/// The part of the batch that was not looked at yet, newest first.
void LatestState::look_at(const hub::PublicationBatchPtr& batch) {
    const auto& publications = batch->publications();
    for (auto i = static_cast<std::uint32_t>(publications.size()); i-- > 0;) {
        const auto& publication = publications[i];
        if (publication.place.offset > found_.from || publication.place.offset <= end_) continue;
        const bool watched = std::ranges::any_of(publication.topics, [&](const hub::Topic& topic) {
            return hub_.would_receive(subscriber_, topic);
        });
        if (watched && subjects_.insert(hub::subject_of(publication)).second)
            found_.events.push_back({batch, i});
    }
    found_.from = std::max(batch->after(), end_);
}

void LatestState::finish() {
    found_.epoch = epoch_;
    std::ranges::reverse(found_.events);
    done_(std::move(found_));
}

}  // namespace rotacast::live

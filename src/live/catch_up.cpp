#include "live/catch_up.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace rotacast::live {

using ws::v1::GapReason;

CatchUp::CatchUp(const Environment& environment,
                 hub::Subscriber& subscriber,
                 Backlogged backlogged,
                 Done done)
    : environment_(environment),
      subscriber_(subscriber),
      backlogged_(std::move(backlogged)),
      done_(std::move(done)) {}

void CatchUp::start(const events::Cursor& cursor) {
    from_ = cursor;
    at_ = cursor.position;
    begin();
}

void CatchUp::begin() {
    if (cancelled_) return;
    if (!loop_knows_epoch()) {
        waiting_ = true;
        return;
    }
    begun_ = true;
    if (const auto gap = refusal(from_)) return finish(gap);
    step();
}

/// If not, the batch that announces the new epoch is on its way to this loop.
bool CatchUp::loop_knows_epoch() const {
    return environment_.hub.recent().epoch() == environment_.journal.state().epoch;
}

std::optional<GapReason> CatchUp::refusal(const events::Cursor& cursor) const {
    const auto state = environment_.journal.state();
    if (cursor.epoch != state.epoch) return GapReason::epoch_changed;
    if (cursor.position.offset > state.last && !state.shared) return GapReason::cursor_unknown;
    if (cursor.position.whole_entries() + 1 < state.first) return GapReason::trimmed;
    const auto missed = present().offset - std::min(present().offset, cursor.position.offset);
    if (missed > environment_.entries_max) return GapReason::too_far;
    return std::nullopt;
}

void CatchUp::proceed() {
    if (std::exchange(waiting_, false)) begun_ ? step() : begin();
}

/// Contains what `job` throws: it runs directly on the loop, where nothing else would attribute the
/// failure to this subscriber.
template <class Job>
void CatchUp::guarded(Job&& job) noexcept {
    try {
        job();
    } catch (...) {
        log::error("a client could not be brought to the present and is ended: {}", fault_name());
        if (std::exchange(cancelled_, true)) return;
        environment_.hub.detach(subscriber_);
        subscriber_.on_fault();
    }
}

// Delivers one slice and posts the next step, so that a long catch-up does not delay others on this
// loop.
void CatchUp::step() {
    if (cancelled_ || finished_) return;
    if (from_.epoch != environment_.hub.recent().epoch()) return finish(GapReason::epoch_changed);
    // Through another loop the client has already seen what was not delivered on this one yet.
    const bool ahead = at_ > present();
    if (ahead || backlogged_()) {
        waiting_ = true;
        return;
    }
    if (at_ == present()) return finish(std::nullopt);
    if (!block_ || events::Position{block_->up_to()} <= at_)
        block_ = environment_.hub.recent().next(at_);
    if (!block_) return read_history();
    deliver_slice(block_);
    post_step();
}

void CatchUp::post_step() {
    environment_.loop.post([self = shared_from_this()] { self->guarded([&] { self->step(); }); });
}

void CatchUp::read_history() {
    environment_.history.read({from_.epoch, at_},
                              environment_.loop,
                              [self = shared_from_this()](Result<hub::PublicationBatchPtr> block) {
                                  self->guarded([&] { self->block_read(std::move(block)); });
                              });
}

void CatchUp::block_read(Result<hub::PublicationBatchPtr> block) {
    if (cancelled_ || finished_) return;
    if (!block) return read_failed();
    if ((*block)->after() > at_.whole_entries()) return finish(GapReason::trimmed);
    if (events::Position{(*block)->up_to()} <= at_) return finish(GapReason::unavailable);
    block_ = std::move(*block);
    step();
}

void CatchUp::read_failed() {
    if (loop_knows_epoch()) return finish(GapReason::unavailable);
    waiting_ = true;
}

/// Delivers the next publications of the batch that follow at_, are watched and may be seen. A
/// block of the journal may go beyond what was delivered on this loop; that part comes live.
void CatchUp::deliver_slice(const hub::PublicationBatchPtr& batch) {
    const auto& hub = environment_.hub;
    auto end = std::min(events::Position{batch->up_to()}, present());
    std::vector<std::uint32_t> indexes;
    for (std::uint32_t i = 0; i < batch->publications().size(); ++i) {
        const auto& publication = batch->publications()[i];
        if (publication.position <= at_) continue;
        if (publication.position > end) break;
        if (indexes.size() == slice_events_max) {
            end = batch->publications()[indexes.back()].position;
            break;
        }
        if (std::ranges::any_of(publication.topics, [&](const hub::Topic& topic) {
                return hub.would_receive(subscriber_, topic);
            }))
            indexes.push_back(i);
    }
    at_ = end;
    replayed_ += indexes.size();
    if (indexes.empty()) return;
    if (subscriber_.encoding() != hub::as_publications)
        return subscriber_.deliver(batch->frame(subscriber_.encoding(), indexes));
    subscriber_.on_publications({batch, indexes, nullptr});
    subscriber_.on_batch_end();
}

void CatchUp::finish(std::optional<GapReason> gap) {
    finished_ = true;
    block_.reset();
    environment_.hub.attach(subscriber_);
    done_({.gap = gap,
           .replayed = replayed_,
           .gap_from = !gap             ? ""
                       : replayed_ == 0 ? to_string(from_)
                                        : to_string(events::Cursor{from_.epoch, at_}),
           .cursor = cursor_at(present())});
}

}  // namespace rotacast::live

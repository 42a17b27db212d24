#include "bridge/outgoing.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::bridge {

void Outgoing::follow_epoch(const bus::JournalState& journal, const SharedWith& shared_with) {
    if (epoch_ == journal.epoch) return;
    epoch_ = journal.epoch;
    paused_ = false;
    translation_.reset();
    for (auto* position : {&known_, &begin_}) {
        if (!*position) continue;
        // Every epoch shares the empty begin.
        const auto shared = (*position)->offset == 0 ? std::optional(bus::Offset{0})
                                                     : shared_with((*position)->epoch);
        if (shared)
            *position = SentPosition{epoch_, std::min((*position)->offset, *shared)};
        else
            position->reset();
    }
}

void Outgoing::translate(const bus::JournalState& journal, const SharedWith& shared_with) {
    if (!elsewhere_) return;
    // A position that nobody can place, such as one from before the journals were replaced: what
    // it stands for cannot be found, so sending begins with what is new.
    const auto shared = shared_with(elsewhere_->epoch);
    const auto to = shared ? std::min(elsewhere_->offset, *shared) : journal.last;
    translation_ = SendCall::Translation{std::move(*elsewhere_), to};
    elsewhere_.reset();
}

Outgoing::Next Outgoing::next(const bus::JournalState& journal, const SharedWith& shared_with) {
    follow_epoch(journal, shared_with);
    translate(journal, shared_with);
    if (paused_) return Next::pause;
    if (!known_ || translation_) return Next::ask;
    return known_->offset < journal.last ? Next::send : Next::wait;
}

SendCall Outgoing::call(Prepared prepared) const {
    SendCall call;
    call.epoch = epoch_;
    if (known_) call.known = known_->offset;
    if (begin_) call.begin = begin_->offset;
    call.translation = translation_;
    if (prepared.up_to > 0) call.up_to = prepared.up_to;
    call.messages = std::move(prepared.messages);
    return call;
}

void Outgoing::take(const SendAnswer& answer) {
    translation_.reset();
    if (const auto* stands = std::get_if<Stands>(&answer)) {
        known_ = SentPosition{epoch_, stands->offset};
        paused_ = !stands->refusal.empty();
    } else if (const auto* other = std::get_if<Elsewhere>(&answer)) {
        elsewhere_ = other->at;
    } else {
        paused_ = true;
    }
}

}  // namespace rotacast::bridge

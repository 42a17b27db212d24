#include "cluster/duty_division.hpp"

namespace rotacast::cluster {

void DutyDivision::tick(Milliseconds now, const std::set<std::string>& wanted) {
    now_ = now;
    wanted_ = wanted;
    for (auto& [subscriber, duty] : duties_) {
        if (wanted_.contains(subscriber) || running_.contains(subscriber))
            duty.unwanted_since.reset();
        else if (!duty.unwanted_since)
            duty.unwanted_since = now_;
    }
    if (!online_) return;
    if (!asking_ && now_ >= ask_at_) ask();
    for (auto& [subscriber, duty] : duties_) {
        if (duty.take_over_at && now_ >= *duty.take_over_at) take_over(subscriber, duty);
        write(subscriber, duty);
    }
}

void DutyDivision::connected(const std::string& identity) {
    online_ = true;
    ask_at_ = now_;
    if (std::exchange(identity_, identity) == identity) return;
    for (auto& [subscriber, duty] : duties_) duty.queue.need_whole();
}

void DutyDivision::disconnected() {
    online_ = false;
    asking_ = false;
    // What was not taken over yet must be read again.
    std::erase_if(duties_, [](const auto& named) { return !named.second.is_held; });
    for (auto& [subscriber, duty] : duties_) duty.queue.interrupted();
}

void DutyDivision::leave() {
    leaving_ = true;
    running_.clear();
    ask_at_ = now_;
}

bool DutyDivision::is_wanted(const std::string& subscriber) const {
    return !leaving_ && wanted_.contains(subscriber);
}

bool DutyDivision::is_over(const Duty& duty) const {
    const bool is_left =
        leaving_ || (duty.unwanted_since && now_ >= *duty.unwanted_since + options_.linger);
    return is_left && duty.queue.idle();
}

void DutyDivision::ask() {
    HoldDuties call;
    for (const auto& [subscriber, duty] : duties_)
        call.claims.push_back({subscriber, duty.fence, is_over(duty)});
    for (const auto& subscriber : forgetting_)
        call.claims.push_back({.subscriber = subscriber, .forget = true});
    // While attempts of a lost duty run on, what this node has of it must not be replaced.
    for (const auto& subscriber : wanted_)
        if (is_wanted(subscriber) && !duties_.contains(subscriber) &&
            !running_.contains(subscriber) && !forgetting_.contains(subscriber))
            call.claims.push_back({subscriber, 0, false});
    ask_at_ = now_ + options_.interval;
    if (call.claims.empty()) return;
    asking_ = true;
    asked_at_ = now_;
    actions_.emplace_back(std::move(call));
}

void DutyDivision::answered(const std::vector<DutyAnswer>& answers) {
    if (!asking_) return;
    asking_ = false;
    for (const auto& one : answers) answer(one);
}

void DutyDivision::answer(const DutyAnswer& answer) {
    const auto& subscriber = answer.subscriber;
    // From when the question was asked: Redis counts from a later time.
    const auto until = asked_at_ + options_.lease - options_.margin;
    others_.erase(subscriber);
    // If another node has it, that one deletes the copy, with its own rows.
    if (answer.state == DutyState::forgotten || answer.state == DutyState::other)
        forgetting_.erase(subscriber);
    switch (answer.state) {
        case DutyState::held:
            if (auto* duty = find(subscriber, answer.fence)) {
                duty->until = until;
                if (!answer.flag) break;
                // What is being read may have become something else.
                if (!duty->is_held) return (void)duties_.erase(subscriber);
                duty->queue.need_whole();
                write(subscriber, *duty);
            }
            break;
        case DutyState::taken: {
            Duty duty{.fence = answer.fence,
                      .until = until,
                      .queue = CopyQueue(options_.part_rows, options_.rows_max)};
            auto& added = duties_.insert_or_assign(subscriber, std::move(duty)).first->second;
            if (answer.flag)
                actions_.emplace_back(ReadCopy{subscriber, answer.fence});
            else
                take_over(subscriber, added);
            ask_at_ = std::min(ask_at_, now_ + options_.hurry);
            break;
        }
        case DutyState::free: ask_at_ = std::min(ask_at_, now_ + options_.hurry); break;
        case DutyState::lost: duties_.erase(subscriber); [[fallthrough]];
        case DutyState::other: others_.emplace(subscriber, answer.holder); break;
        case DutyState::forgotten: ask_at_ = now_; break;
        case DutyState::released: duties_.erase(subscriber); break;
    }
}

DutyDivision::Duty* DutyDivision::find(const std::string& subscriber, std::uint64_t fence) {
    const auto found = duties_.find(subscriber);
    return found == duties_.end() || found->second.fence != fence ? nullptr : &found->second;
}

void DutyDivision::copy_read(const std::string& subscriber, std::uint64_t fence, SharedCopy copy) {
    auto* duty = find(subscriber, fence);
    if (!duty || duty->is_held) return;
    duty->copy = std::move(copy);
    take_over(subscriber, *duty);
}

void DutyDivision::take_over(const std::string& subscriber, Duty& duty) {
    duty.take_over_at.reset();
    actions_.emplace_back(TakeOver{subscriber, duty.fence, duty.copy});
}

void DutyDivision::taken_over(const std::string& subscriber, std::uint64_t fence, bool is_done) {
    auto* duty = find(subscriber, fence);
    if (!duty || duty->is_held) return;
    if (!is_done) {
        duty->take_over_at = now_ + options_.pause;
        return;
    }
    duty->is_held = true;
    if (!std::exchange(duty->copy, nullptr)) duty->queue.need_whole();
    write(subscriber, *duty);
}

void DutyDivision::forget(const std::string& subscriber) {
    // The holder's file tells that it was removed.
    if (duties_.contains(subscriber)) return;
    forgetting_.insert(subscriber);
    ask_at_ = now_;
}

void DutyDivision::changed(std::optional<std::vector<store::SubscriberChanges>> changes) {
    if (!changes) {
        for (auto& [subscriber, duty] : duties_) {
            duty.queue.need_whole();
            write(subscriber, duty);
        }
        return;
    }
    for (auto& one : *changes) {
        const auto found = duties_.find(one.name);
        if (found == duties_.end() || !found->second.is_held) continue;
        found->second.queue.add(std::move(one));
        write(found->first, found->second);
    }
}

void DutyDivision::whole_read(const std::string& subscriber,
                              std::uint64_t fence,
                              const std::optional<store::SubscriberCopy>& copy) {
    auto* duty = find(subscriber, fence);
    if (!duty) return;
    duty->queue.whole(copy);
    write(subscriber, *duty);
}

void DutyDivision::written(const std::string& subscriber, std::uint64_t fence, bool is_kept) {
    auto* duty = find(subscriber, fence);
    if (!duty) return;
    if (!is_kept) {
        // Another node has it, or a Redis without its data was not told yet that this one has. The
        // next answer tells which.
        duty->queue.interrupted();
        ask_at_ = now_;
        return;
    }
    duty->queue.written();
    write(subscriber, *duty);
    if (leaving_) ask_at_ = now_;
}

void DutyDivision::write(const std::string& subscriber, Duty& duty) {
    if (!online_ || !duty.is_held) return;
    if (duty.queue.wants_whole()) actions_.emplace_back(ReadWhole{subscriber, duty.fence});
    if (auto part = duty.queue.next())
        actions_.emplace_back(WriteCopy{subscriber, duty.fence, std::move(*part)});
}

std::map<std::string, Milliseconds> DutyDivision::held() const {
    std::map<std::string, Milliseconds> held;
    for (const auto& [subscriber, duty] : duties_)
        if (duty.is_held) held.emplace(subscriber, duty.until);
    return held;
}

}  // namespace rotacast::cluster

// Divides the subscribers into audiences: who receives the same publications of a batch.

#include "hub/loop_hub.hpp"

#include "base/fault.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace rotacast::hub {

/// Thrown while a batch is divided, if this subscriber's may_receive() threw.
struct LoopHub::SubscriberFault {
    Subscriber* subscriber;
    const char* name;
};

// Partition refinement: every step splits the audiences that its subscribers are in. The work is one
// step per matching subscription, not one per publication and subscriber. Starts over without the
// subscriber if may_receive() threw.
void LoopHub::divide(const PublicationBatch& batch) {
    find_topics_of(batch);
    const auto topics = steps_.size();
    while (true) {
        try {
            audiences_.assign(1, {});
            for (std::uint32_t i = 0; i < topics; ++i) refine(i, steps_[i].topic);
            break;
        } catch (const SubscriberFault& fault) {
            clear_audiences();
            detach_failed(*fault.subscriber, fault.name);
        }
    }
    if (!shown_early_.empty()) leave_out_shown(batch);
}

void LoopHub::leave_out_shown(const PublicationBatch& batch) {
    for (std::uint32_t i = 0; i < batch.publications().size(); ++i) {
        const auto& id = batch.publications()[i].event_id;
        if (!shown_early_.was_shown(id)) continue;
        const auto step = static_cast<std::uint32_t>(steps_.size());
        steps_.push_back({.topic = {}, .publications = {i}, .leaves_out = true});
        for (auto* subscriber : touched_)
            if (shown_early_.was_shown(id, subscriber->serial_))
                move_to_audience(*subscriber, step);
    }
}

void LoopHub::clear_audiences() noexcept {
    for (auto* subscriber : touched_)
        if (subscriber) subscriber->audience_ = 0;
    touched_.clear();
    audiences_.clear();
}

void LoopHub::find_topics_of(const PublicationBatch& batch) {
    std::unordered_map<Topic, std::size_t> index_of;
    for (std::uint32_t i = 0; i < batch.publications().size(); ++i) {
        for (const auto& topic : batch.publications()[i].topics) {
            const auto [index, is_new] = index_of.try_emplace(topic, steps_.size());
            if (is_new) steps_.push_back({.topic = topic, .publications = {}});
            auto& list = steps_[index->second].publications;
            if (list.empty() || list.back() != i) list.push_back(i);
        }
    }
}

void LoopHub::refine(std::uint32_t step, const Topic& topic) {
    if (topic.kind == Topic::Kind::everybody) {
        for (auto* member : members_) move_if_allowed(*member, step, topic);
        return;
    }
    const auto* entry = topics_.find(topic);
    if (!entry) return;
    for (const auto& watcher : entry->watchers) move_if_allowed(*watcher.subscriber, step, topic);
}

void LoopHub::move_if_allowed(Subscriber& subscriber, std::uint32_t step, const Topic& topic) {
    try {
        if (!subscriber.attached_ || !subscriber.may_receive(topic)) return;
    } catch (...) {
        throw SubscriberFault{&subscriber, fault_name()};
    }
    move_to_audience(subscriber, step);
}

void LoopHub::move_to_audience(Subscriber& subscriber, std::uint32_t step) {
    const auto parent = subscriber.audience_;
    if (parent == 0) touched_.push_back(&subscriber);
    if (audiences_[parent].split_step != step) {
        audiences_[parent].split_step = step;
        audiences_[parent].split_child = static_cast<std::uint32_t>(audiences_.size());
        audiences_.push_back({.parent = parent, .step = step, .publications = {}, .frames = {}});
    }
    subscriber.audience_ = audiences_[parent].split_child;
}

std::span<const std::uint32_t> LoopHub::publications_for(std::uint32_t number) {
    auto& known = audiences_[number];
    if (known.evaluated) return known.publications;
    std::vector<std::uint32_t> owed;
    std::vector<std::uint32_t> left_out;
    for (auto at = number; at != 0; at = audiences_[at].parent) {
        const auto& step = steps_[audiences_[at].step];
        auto& list = step.leaves_out ? left_out : owed;
        list.insert(list.end(), step.publications.begin(), step.publications.end());
    }
    std::ranges::sort(owed);
    owed.erase(std::unique(owed.begin(), owed.end()), owed.end());
    for (const auto index : left_out) std::erase(owed, index);
    known.publications = std::move(owed);
    known.evaluated = true;
    return known.publications;
}

}  // namespace rotacast::hub

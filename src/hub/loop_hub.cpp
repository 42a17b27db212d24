#include "hub/loop_hub.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace rotacast::hub {
namespace {

// From these sizes on, making pages and sending them costs less than copying the bytes for each
// socket (docs/adr/0024).
constexpr std::size_t pages_bytes_min = 16 * 1024;
constexpr std::uint32_t pages_receivers_min = 8;
// Each one holds a file descriptor until the batch is delivered.
constexpr std::size_t pages_max = 16;

}  // namespace

/// Thrown while a batch is divided, if this subscriber's may_receive() threw.
struct LoopHub::SubscriberFault {
    Subscriber* subscriber;
    const char* name;
};

/// Clears the delivery's scratch data when the delivery of a batch ends, however it ends.
class LoopHub::ScratchGuard {
  public:
    explicit ScratchGuard(LoopHub& hub) : hub_(hub) {}
    ScratchGuard(const ScratchGuard&) = delete;
    ScratchGuard& operator=(const ScratchGuard&) = delete;
    ~ScratchGuard() { hub_.clear_scratch(); }

  private:
    LoopHub& hub_;
};

void LoopHub::attach(Subscriber& subscriber) {
    members_.push_back(&subscriber);
    subscriber.attached_ = true;
    subscriber.member_position_ = static_cast<std::uint32_t>(members_.size() - 1);
    publication_subscribers_ += subscriber.encoding() == as_publications;
}

void LoopHub::detach(Subscriber& subscriber) {
    topics_.unsubscribe_all(subscriber);
    if (!std::exchange(subscriber.attached_, false)) return;
    const auto index = subscriber.member_position_;
    members_[index] = members_.back();
    members_[index]->member_position_ = index;
    members_.pop_back();
    publication_subscribers_ -= subscriber.encoding() == as_publications;
    std::ranges::replace(touched_, &subscriber, nullptr);
    subscriber.audience_ = 0;
}

void LoopHub::append_users(std::vector<Uuid>& to) const {
    for (const auto* member : members_) to.push_back(member->user());
}

bool LoopHub::would_receive(const Subscriber& subscriber, const Topic& topic) const {
    const bool watched = topic.kind == Topic::Kind::everybody || topics_.watches(subscriber, topic);
    return watched && subscriber.may_receive(topic);
}

// If the hub itself fails (no memory), it is unknown who received the batch, so all are detached.
void LoopHub::deliver(const PublicationBatchPtr& batch, SharedResultCache* shared) {
    const bool other_epoch = batch->epoch() != recent_.epoch();
    const bool hole = !other_epoch && batch->after() > recent_.position();
    std::string before;
    if (other_epoch) before = recent_.cursor_at({recent_.position()});
    recent_.add(batch);
    if (hole) detach_everybody("entries are missing");
    const ScratchGuard scratch(*this);
    try {
        if (other_epoch) tell_epoch_changed(before, recent_.cursor_at({batch->after()}));
        if (members_.empty() || batch->publications().empty()) return;
        deliver_divided(batch, shared);
    } catch (...) {
        detach_everybody(fault_name());
    }
}

void LoopHub::deliver_divided(const PublicationBatchPtr& batch, SharedResultCache* shared) {
    const auto matched = topics_of(*batch);
    divide(matched);
    for (std::size_t i = 0; i < touched_.size(); ++i) {
        auto* subscriber = touched_[i];
        if (!subscriber) continue;
        const auto audience = std::exchange(subscriber->audience_, 0);
        deliveries_ += 1;
        try {
            if (subscriber->encoding() == as_publications) {
                taken_ = true;
                subscriber->on_publications({batch, publications_for(matched, audience), shared});
                continue;
            }
            const Frame frame = frame_for(*batch, matched, audience, subscriber->encoding());
            subscriber->deliver(frame);
        } catch (...) {
            detach_failed(*subscriber, fault_name());
        }
    }
    if (std::exchange(taken_, false)) notify_batch_end();
}

// Partition refinement: every matched topic splits the audiences that its watchers are in. The work
// is one step per matching subscription, not one per publication and subscriber. Starts over
// without the subscriber if may_receive() threw.
void LoopHub::divide(std::span<const MatchedTopic> matched) {
    while (true) {
        try {
            audiences_.assign(1, {});
            for (std::uint32_t i = 0; i < matched.size(); ++i) refine(i, matched[i].topic);
            return;
        } catch (const SubscriberFault& fault) {
            clear_scratch();
            detach_failed(*fault.subscriber, fault.name);
        }
    }
}

void LoopHub::detach_failed(Subscriber& subscriber, const char* fault) noexcept {
    try {
        log::error("hub: a subscriber of user {} (form {}) failed and is detached: {}",
                   to_string(subscriber.user()),
                   subscriber.encoding(),
                   fault);
    } catch (...) {
        log::error("hub: a subscriber failed and is detached");
    }
    detach(subscriber);
    subscriber.on_fault();
}

void LoopHub::detach_everybody(const char* fault) noexcept {
    log::error("hub: all {} subscribers of a loop have to end: {}", members_.size(), fault);
    while (!members_.empty()) {
        auto& subscriber = *members_.back();
        detach(subscriber);
        subscriber.on_fault();
    }
}

void LoopHub::clear_scratch() noexcept {
    for (auto* subscriber : touched_)
        if (subscriber) subscriber->audience_ = 0;
    touched_.clear();
    audiences_.clear();
    pages_.clear();
    taken_ = false;
}

std::vector<LoopHub::MatchedTopic> LoopHub::topics_of(const PublicationBatch& batch) const {
    std::vector<MatchedTopic> matched;
    std::unordered_map<Topic, std::size_t> index_of;
    for (std::uint32_t i = 0; i < batch.publications().size(); ++i) {
        for (const auto& topic : batch.publications()[i].topics) {
            const auto [index, is_new] = index_of.try_emplace(topic, matched.size());
            if (is_new) matched.push_back({topic, {}});
            auto& list = matched[index->second].publications;
            if (list.empty() || list.back() != i) list.push_back(i);
        }
    }
    return matched;
}

void LoopHub::refine(std::uint32_t topic_number, const Topic& topic) {
    if (topic.kind == Topic::Kind::everybody) {
        for (auto* member : members_) move_to_audience(*member, topic_number, topic);
        return;
    }
    const auto* entry = topics_.find(topic);
    if (!entry) return;
    for (const auto& watcher : entry->watchers)
        move_to_audience(*watcher.subscriber, topic_number, topic);
}

void LoopHub::move_to_audience(Subscriber& subscriber,
                               std::uint32_t topic_number,
                               const Topic& topic) {
    try {
        if (!subscriber.attached_ || !subscriber.may_receive(topic)) return;
    } catch (...) {
        throw SubscriberFault{&subscriber, fault_name()};
    }
    const auto parent = subscriber.audience_;
    if (parent == 0) touched_.push_back(&subscriber);
    if (audiences_[parent].split_topic != topic_number) {
        audiences_[parent].split_topic = topic_number;
        audiences_[parent].split_child = static_cast<std::uint32_t>(audiences_.size());
        audiences_.push_back(
            {.parent = parent, .topic = topic_number, .publications = {}, .frames = {}});
    }
    subscriber.audience_ = audiences_[parent].split_child;
}

// A subscriber that is told may detach itself or others; `touched_` then has nullptr.
void LoopHub::tell_epoch_changed(const std::string& before, const std::string& now) {
    touched_ = members_;
    for (std::size_t i = 0; i < touched_.size(); ++i) {
        auto* subscriber = touched_[i];
        if (!subscriber) continue;
        try {
            subscriber->epoch_changed(before, now);
        } catch (...) {
            detach_failed(*subscriber, fault_name());
        }
    }
    touched_.clear();
}

void LoopHub::notify_batch_end() {
    for (std::size_t i = 0; i < touched_.size(); ++i) {
        auto* subscriber = touched_[i];
        if (!subscriber || subscriber->encoding() != as_publications) continue;
        try {
            subscriber->on_batch_end();
        } catch (...) {
            detach_failed(*subscriber, fault_name());
        }
    }
}

std::span<const std::uint32_t> LoopHub::publications_for(std::span<const MatchedTopic> matched,
                                                         std::uint32_t number) {
    if (const auto& known = audiences_[number].publications; !known.empty()) return known;
    std::vector<std::uint32_t> owed;
    for (auto step = number; step != 0; step = audiences_[step].parent) {
        const auto& list = matched[audiences_[step].topic].publications;
        owed.insert(owed.end(), list.begin(), list.end());
    }
    std::ranges::sort(owed);
    owed.erase(std::unique(owed.begin(), owed.end()), owed.end());
    return audiences_[number].publications = std::move(owed);
}

const Frame& LoopHub::frame_for(const PublicationBatch& batch,
                                std::span<const MatchedTopic> matched,
                                std::uint32_t number,
                                EncodingId form) {
    auto& audience = audiences_[number];
    auto& shared = audience.frames[form];
    if (!shared.frame.owner) shared.frame = batch.frame(form, publications_for(matched, number));
    if (++shared.receivers == pages_receivers_min) share_pages(shared);
    return shared.frame;
}

void LoopHub::share_pages(SharedFrame& shared) {
    if (shared.frame.bytes.size() < pages_bytes_min || pages_.size() == pages_max) return;
    auto pages = SharedPages::of(shared.frame.bytes);
    if (!pages) return;
    pages_.reserve(pages_max);
    shared.frame.pages = &pages_.emplace_back(std::move(*pages));
}

}  // namespace rotacast::hub

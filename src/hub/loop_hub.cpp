#include "hub/loop_hub.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"

#include <algorithm>
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
    if (subscriber.serial_ == 0) subscriber.serial_ = ++last_serial_;
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
    const bool breaks = other_epoch || batch->after() > recent_.position();
    std::string before;
    if (breaks) before = recent_.cursor_at({recent_.position()});
    recent_.add(batch);
    const ScratchGuard scratch(*this);
    try {
        if (breaks)
            tell_break(other_epoch ? Break::epoch_changed : Break::trimmed,
                       before,
                       recent_.cursor_at({batch->after()}));
        if (!members_.empty() && !batch->publications().empty()) {
            divide(*batch);
            deliver_divided(batch, shared);
        }
        if (shown_early_.empty()) return;
        for (const auto& publication : batch->publications())
            shown_early_.forget(publication.event_id);
    } catch (...) {
        detach_everybody(fault_name());
    }
}

// What fails here comes once more, with its place; so nobody may count as having had it.
void LoopHub::show_early(const PublicationBatchPtr& batch) {
    const ScratchGuard scratch(*this);
    try {
        divide(*batch);
        if (note_shown(*batch)) deliver_divided(batch, nullptr);
    } catch (...) {
        for (const auto& publication : batch->publications())
            shown_early_.forget(publication.event_id);
        log::error("hub: events were not shown before their time: {}", fault_name());
    }
}

/// Returns false if there is no room to note it.
bool LoopHub::note_shown(const PublicationBatch& batch) {
    std::vector<std::vector<SubscriberSerial>> recipients(batch.publications().size());
    std::size_t total = 0;
    for (const auto* subscriber : touched_) {
        for (const auto index : publications_for(subscriber->audience_)) {
            recipients[index].push_back(subscriber->serial_);
            ++total;
        }
    }
    if (!shown_early_.has_room(recipients.size(), total)) {
        if (!std::exchange(early_full_, true))
            log::warn(
                "hub: too much was shown before its place in the order was known; what comes now is "
                "shown when it has its place");
        return false;
    }
    early_full_ = false;
    for (std::size_t i = 0; i < recipients.size(); ++i) {
        std::ranges::sort(recipients[i]);
        shown_early_.note(batch.publications()[i].event_id, std::move(recipients[i]));
    }
    return true;
}

void LoopHub::deliver_divided(const PublicationBatchPtr& batch, SharedResultCache* shared) {
    for (auto* subscriber : touched_) {
        if (!subscriber) continue;
        try {
            deliver_to(*subscriber, batch, shared);
        } catch (...) {
            detach_failed(*subscriber, fault_name());
        }
    }
    if (std::exchange(taken_, false)) notify_batch_end();
}

void LoopHub::deliver_to(Subscriber& subscriber,
                         const PublicationBatchPtr& batch,
                         SharedResultCache* shared) {
    const auto audience = std::exchange(subscriber.audience_, 0);
    const auto publications = publications_for(audience);
    if (publications.empty()) return;  // it has had them all
    deliveries_ += 1;
    if (subscriber.encoding() == as_publications) {
        taken_ = true;
        subscriber.on_publications({batch, publications, shared});
        return;
    }
    const Frame frame = frame_for(*batch, audience, subscriber.encoding());
    subscriber.deliver(frame);
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
    clear_audiences();
    steps_.clear();
    pages_.clear();
    taken_ = false;
}

// A subscriber that is told may detach itself or others; `touched_` then has nullptr.
void LoopHub::tell_break(Break why, const std::string& before, const std::string& now) {
    touched_ = members_;
    for (auto* const& touched : touched_) {
        auto* subscriber = touched;
        if (!subscriber) continue;
        try {
            const bool told = subscriber->journal_broke(why, before, now);
            if (told || why != Break::trimmed || !touched) continue;
            detach(*subscriber);
            subscriber->on_fault();
        } catch (...) {
            detach_failed(*subscriber, fault_name());
        }
    }
    touched_.clear();
}

void LoopHub::notify_batch_end() {
    for (auto* subscriber : touched_) {
        if (!subscriber || subscriber->encoding() != as_publications) continue;
        try {
            subscriber->on_batch_end();
        } catch (...) {
            detach_failed(*subscriber, fault_name());
        }
    }
}

const Frame& LoopHub::frame_for(const PublicationBatch& batch,
                                std::uint32_t number,
                                EncodingId form) {
    auto& audience = audiences_[number];
    auto& shared = audience.frames[form];
    if (!shared.frame.owner) shared.frame = batch.frame(form, publications_for(number));
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

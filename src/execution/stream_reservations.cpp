#include "execution/stream_reservations.hpp"

#include <utility>

namespace rotacast::execution {

std::optional<std::string> StreamReservations::reserve(const auth::Principal& principal,
                                                       Clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    forget_old(now);
    if (by_token_.size() >= reservations_max) return std::nullopt;
    // 122 random bits of the system's generator.
    auto token = to_string(Uuid::random());
    by_token_.emplace(token, Reservation{principal, now, false, nullptr, {}});
    return token;
}

StreamReservations::Claimed StreamReservations::claim(const std::string& token,
                                                      Clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    forget_old(now);
    const auto found = by_token_.find(token);
    if (found == by_token_.end()) return {};
    if (std::exchange(found->second.claimed, true)) return {Claim::taken};
    // Until the stream is open the patience of its client counts anew.
    found->second.since = now;
    return {Claim::granted, found->second.principal};
}

void StreamReservations::set_handle(const std::string& token,
                                    net::Loop& loop,
                                    Stream::Handle handle) {
    const std::scoped_lock lock(mutex_);
    const auto found = by_token_.find(token);
    if (found == by_token_.end()) return;
    if (!handle) {
        by_token_.erase(found);
        return;
    }
    found->second.loop = &loop;
    found->second.stream = handle;
}

bool StreamReservations::on_stream(const std::string& token, std::function<void(Stream*)> job) {
    const std::scoped_lock lock(mutex_);
    const auto found = by_token_.find(token);
    if (found == by_token_.end() || found->second.loop == nullptr) return false;
    found->second.loop->post([stream = found->second.stream, job = std::move(job)] {
        const auto open = stream.lock();
        job(open ? *open : nullptr);
    });
    return true;
}

void StreamReservations::forget_old(Clock::time_point now) {
    std::erase_if(by_token_, [&](const auto& entry) {
        return entry.second.loop == nullptr && now - entry.second.since > patience;
    });
}

}  // namespace rotacast::execution

#include "execution/stream_reservations.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::execution {

std::optional<std::string> StreamReservations::reserve(const auth::Principal& principal,
                                                       Clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    forget_old(now);
    if (full(principal.user_id)) return std::nullopt;
    // 122 random bits from the system's generator.
    auto token = to_string(Uuid::random());
    waiting_.emplace(token, Waiting{principal, now});
    return token;
}

StreamReservations::Claimed StreamReservations::claim(const std::string& token,
                                                      Clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    forget_old(now);
    if (open_.contains(token)) return {Claim::taken};
    const auto found = waiting_.find(token);
    if (found == waiting_.end()) return {};
    auto& [principal, since, claimed] = found->second;
    if (std::exchange(claimed, true)) return {Claim::taken};
    // Restarts the time limit until the stream is open.
    since = now;
    return {Claim::granted, principal};
}

void StreamReservations::set_handle(const std::string& token,
                                    net::Loop& loop,
                                    Stream::Handle handle) {
    const std::scoped_lock lock(mutex_);
    waiting_.erase(token);
    if (handle)
        open_.insert_or_assign(token, Open{&loop, handle});
    else
        open_.erase(token);
}

bool StreamReservations::on_stream(const std::string& token, std::function<void(Stream*)> job) {
    const std::scoped_lock lock(mutex_);
    const auto found = open_.find(token);
    if (found == open_.end()) return false;
    found->second.loop->post([stream = found->second.stream, job = std::move(job)] {
        const auto open = stream.lock();
        job(open ? *open : nullptr);
    });
    return true;
}

void StreamReservations::forget_old(Clock::time_point now) {
    std::erase_if(waiting_, [&](const auto& entry) { return now - entry.second.since > patience; });
}

bool StreamReservations::full(const Uuid& user) const {
    if (waiting_.size() >= waiting_max) return true;
    const auto of_user = std::ranges::count_if(
        waiting_, [&](const auto& entry) { return entry.second.principal.user_id == user; });
    return static_cast<std::size_t>(of_user) >= waiting_per_user_max;
}

}  // namespace rotacast::execution

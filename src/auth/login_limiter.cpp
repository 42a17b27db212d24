#include "auth/login_limiter.hpp"

#include <algorithm>

namespace rotacast::auth {

LoginLimiter::Verdict LoginLimiter::attempt(const std::string& key, Clock::time_point now) {
    if (options_.attempts_max == 0) return {};
    const std::scoped_lock lock(mutex_);
    forget_idle(now);
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
        auto& attempts = found->second->attempts;
        while (!attempts.empty() && attempts.front() + options_.window <= now) attempts.pop_front();
        if (attempts.size() >= options_.attempts_max) {
            const auto wait =
                std::chrono::ceil<std::chrono::seconds>(attempts.front() + options_.window - now);
            return {false, std::max(wait, std::chrono::seconds(1))};
        }
    }
    record_of(key).attempts.push_back(now);
    return {};
}

std::size_t LoginLimiter::key_count() const {
    const std::scoped_lock lock(mutex_);
    return by_key_.size();
}

void LoginLimiter::forget_idle(Clock::time_point now) {
    while (!records_.empty() && records_.front().attempts.back() + options_.window <= now) {
        by_key_.erase(records_.front().key);
        records_.pop_front();
    }
}

LoginLimiter::Record& LoginLimiter::record_of(const std::string& key) {
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
        records_.splice(records_.end(), records_, found->second);
        return records_.back();
    }
    if (records_.size() >= options_.keys_max && !records_.empty()) {
        by_key_.erase(records_.front().key);
        records_.pop_front();
    }
    records_.push_back({key, {}});
    by_key_[key] = std::prev(records_.end());
    return records_.back();
}

}  // namespace rotacast::auth

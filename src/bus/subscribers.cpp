#include "bus/subscribers.hpp"

#include <algorithm>

namespace rotacast::bus {
namespace {

constexpr std::size_t name_bytes_max = 100;

/// Names become part of idempotency keys, logs, metrics and URLs.
bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= name_bytes_max && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-' || c == ':';
    });
}

std::optional<Error> refusal(const Subscription& subscription) {
    if (!is_name(subscription.name))
        return Error{ErrorCode::invalid_field,
                     "A subscriber's name has 1 to 100 letters, digits or any of `._-:`.",
                     "/name"};
    for (const auto& type : subscription.types)
        if (!events::find_type(type))
            return Error{ErrorCode::unknown_event_type, "There is no such event type.", "/types"};
    return std::nullopt;
}

}  // namespace

bool Subscription::wants(std::string_view type) const {
    return types.empty() || std::ranges::find(types, type) != types.end();
}

Result<void> Subscribers::add(Subscription subscription) {
    if (auto refused = refusal(subscription)) return std::move(*refused);
    std::ranges::sort(subscription.types);
    const auto [first, last] = std::ranges::unique(subscription.types);
    subscription.types.erase(first, last);
    auto name = subscription.name;
    {
        const std::scoped_lock lock(mutex_);
        auto added = std::make_shared<const Subscription>(std::move(subscription));
        if (!map_.emplace(std::move(name), std::move(added)).second)
            return Error{ErrorCode::conflict, "There is a subscriber of this name.", "/name"};
    }
    tell();
    return {};
}

Result<void> Subscribers::remove(const std::string& name) {
    {
        const std::scoped_lock lock(mutex_);
        if (map_.erase(name) == 0)
            return Error{ErrorCode::not_found, "There is no subscriber of this name.", ""};
    }
    tell();
    return {};
}

Subscribers::Map Subscribers::list() const {
    const std::scoped_lock lock(mutex_);
    return map_;
}

void Subscribers::watch(Changed changed) {
    const std::scoped_lock lock(watch_mutex_);
    changed_ = std::move(changed);
}

void Subscribers::tell() {
    const std::scoped_lock lock(watch_mutex_);
    if (changed_) changed_();
}

}  // namespace rotacast::bus

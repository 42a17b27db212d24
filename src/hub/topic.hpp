#pragma once

#include "base/uuid.hpp"

#include <compare>
#include <cstdint>
#include <functional>

namespace rotacast::hub {

/// What can be watched: everybody's events (watched by every connection), one schedule, one person,
/// and what one user is told and nobody else.
struct Topic {
    enum class Kind : std::uint8_t { everybody, schedule, person, user };

    Kind kind = Kind::everybody;
    Uuid id;

    auto operator<=>(const Topic&) const = default;

    static Topic everybody() { return {}; }
    static Topic schedule(const Uuid& id) { return {Kind::schedule, id}; }
    static Topic person(const Uuid& id) { return {Kind::person, id}; }
    static Topic user(const Uuid& id) { return {Kind::user, id}; }
};

}  // namespace rotacast::hub

template <>
struct std::hash<rotacast::hub::Topic> {
    std::size_t operator()(const rotacast::hub::Topic& topic) const noexcept {
        return std::hash<rotacast::Uuid>{}(topic.id) + static_cast<std::size_t>(topic.kind);
    }
};

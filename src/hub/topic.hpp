#pragma once

#include "base/uuid.hpp"

#include <compare>
#include <cstdint>
#include <functional>

namespace rotacast::hub {

/// What can be watched: the events for everybody (watched by every connection), one schedule, one
/// person, and what only one user is told.
///
/// GraphQL subscriptions, which filter for themselves, have more: events in which a person takes
/// part but which that person's watchers are not told, and every event of a kind. Publications on
/// these topics must be checked one by one: a subscriber that watches a kind may not see all of it.
struct Topic {
    enum class Kind : std::uint8_t {
        everybody,
        schedule,
        person,
        user,
        party,
        every_schedule_update,
        every_assignment,
        every_swap,
        every_conflict,
    };

    Kind kind = Kind::everybody;
    Uuid id;

    auto operator<=>(const Topic&) const = default;

    static Topic everybody() { return {}; }
    static Topic schedule(const Uuid& id) { return {Kind::schedule, id}; }
    static Topic person(const Uuid& id) { return {Kind::person, id}; }
    static Topic user(const Uuid& id) { return {Kind::user, id}; }
    static Topic party(const Uuid& id) { return {Kind::party, id}; }
    static Topic every(Kind kind) { return {kind, {}}; }

    /// A topic of a kind does not determine who may see its events.
    bool is_kind() const { return kind >= Kind::every_schedule_update; }
};

}  // namespace rotacast::hub

template <>
struct std::hash<rotacast::hub::Topic> {
    std::size_t operator()(const rotacast::hub::Topic& topic) const noexcept {
        return std::hash<rotacast::Uuid>{}(topic.id) + static_cast<std::size_t>(topic.kind);
    }
};

#pragma once

// Derives the schema from described structs: maps C++ types to GraphQL types and adds types that
// the builder does not have yet.

#include "events/client_events.hpp"
#include "graphql/event_data.hpp"
#include "graphql/schema.hpp"
#include "graphql/vocabulary.hpp"

#include <concepts>

namespace rotacast::graphql {

/// The client events that have a GraphQL type, in the order of the union. In addition to their own
/// members they have `timestamp`, `cursor` and `eventId`.
using LiveEvents = events::mp_list<events::client::ScheduleUpdated,
                                   events::client::AssignmentChanged,
                                   SwapNotification,
                                   events::client::ConflictDetected,
                                   events::client::ResilienceAlert>;

template <class E>
inline constexpr bool is_live_event = boost::mp11::mp_contains<LiveEvents, E>::value;

/// The struct's own name, except for client events, which have other names in the original's
/// schema.
template <reflect::Described T>
constexpr std::string_view type_name() {
    if constexpr (std::same_as<T, events::client::ScheduleUpdated>)
        return "ScheduleUpdate";
    else if constexpr (std::same_as<T, events::client::AssignmentChanged>)
        return "AssignmentUpdate";
    else if constexpr (std::same_as<T, events::client::ConflictDetected>)
        return "ConflictNotification";
    else if constexpr (std::same_as<T, events::client::ResilienceAlert>)
        return "ResilienceNotification";
    else
        return reflect::description_of<T>.name;
}

}  // namespace rotacast::graphql

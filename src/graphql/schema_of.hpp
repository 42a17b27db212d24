#pragma once

// The schema derived from described structs: which GraphQL type a C++ type is, and a builder that
// adds what it has not met yet.

#include "events/client_events.hpp"
#include "graphql/event_data.hpp"
#include "graphql/schema.hpp"
#include "graphql/vocabulary.hpp"

#include <concepts>

namespace rotacast::graphql {

/// The client events that are a GraphQL type, in the order of their union. Beside their own members
/// they have `timestamp`, `cursor` and `eventId`.
using LiveEvents = events::mp_list<events::client::ScheduleUpdated,
                                   events::client::AssignmentChanged,
                                   SwapNotification,
                                   events::client::ConflictDetected,
                                   events::client::ResilienceAlert>;

template <class E>
inline constexpr bool is_live_event = boost::mp11::mp_contains<LiveEvents, E>::value;

/// The struct's own name, but for client events, which the original's GraphQL calls otherwise.
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

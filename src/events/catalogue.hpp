#pragma once

// All event types. A new type is added to the list at the end of its own file; this file does not
// change. A type in no list is not Catalogued and cannot be published.

#include "base/error.hpp"
#include "events/absence.hpp"
#include "events/acgme.hpp"
#include "events/assignment.hpp"
#include "events/client_events.hpp"
#include "events/notices.hpp"
#include "events/person.hpp"
#include "events/resilience.hpp"
#include "events/schedule.hpp"
#include "events/swap.hpp"
#include "events/system.hpp"
#include "reflect/decode.hpp"
#include "reflect/encode.hpp"

#include <boost/mp11/algorithm.hpp>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rotacast::events {

using DomainEvents = boost::mp11::mp_append<ScheduleEvents,
                                            AssignmentEvents,
                                            SwapEvents,
                                            AbsenceEvents,
                                            AcgmeEvents,
                                            PersonEvents,
                                            ResilienceEvents,
                                            SystemEvents>;

using AllEvents = boost::mp11::mp_append<DomainEvents, client::Broadcasts, Derived>;

/// Any event that the journal can hold.
using Event = boost::mp11::mp_rename<AllEvents, std::variant>;

/// Any event that can be shown to clients.
using ClientEvents = boost::mp11::mp_append<client::Broadcasts, ShownNotices>;
using ClientEvent = boost::mp11::mp_rename<ClientEvents, std::variant>;

template <class E>
concept Catalogued = boost::mp11::mp_contains<AllEvents, E>::value;

template <class E>
concept ClientEventType = boost::mp11::mp_contains<ClientEvents, E>::value;

enum class Kind {
    domain,     ///< published by back ends
    broadcast,  ///< a client event that a back end publishes in that form
    derived,    ///< published by handlers; intake rejects it
};

/// What is known of a type without an event of it. Static lifetime.
struct TypeInfo {
    std::string_view type;
    std::string_view aggregate;  ///< `Broadcast` for client events
    std::string_view text;
    Kind kind;
};

const std::vector<TypeInfo>& all_types();
const TypeInfo* find_type(std::string_view type);

std::string_view type_of(const Event& event);
std::string_view aggregate_of(const Event& event);

/// The first member if its name ends in `_id` and it has a value; otherwise empty.
std::string aggregate_id_of(const Event& event);

/// Appends the event's own members, each as `,"key":value`.
void encode_own_members(std::string& out, const Event& event, reflect::EncodeOptions options = {});

/// Reads the members of an event of this type from `object`. On an error, returns nullopt, and the
/// decoder holds the error. `type` must be known (find_type).
std::optional<Event> decode_own_members(std::string_view type,
                                        const json::object& object,
                                        reflect::Decoder& decoder,
                                        std::vector<std::string_view>& known);

/// The known type name nearest to `wrong`, for messages; empty if none is near.
std::string_view nearest_type(std::string_view wrong, Kind kind);

}  // namespace rotacast::events

#pragma once

// Converts a client event to GraphQL data: the type's fields in camelCase, with `timestamp`,
// `cursor`, `eventId`, and `__typename` for the union LiveEvent.

#include "events/catalogue.hpp"
#include "graphql/vocabulary.hpp"

namespace rotacast::graphql {

/// One GraphQL type for both client events about swaps. Wire specification §4.2.
struct SwapNotification {
    Uuid swap_id;
    Uuid requester_id;
    std::optional<Uuid> target_person_id;
    std::string swap_type;
    std::string status;
    std::vector<Uuid> affected_assignments;
    std::string message;
    std::optional<Uuid> approved_by;
};
DESCRIBE(SwapNotification,
         "A swap was requested, approved, or ended in another way.",
         (swap_id, "The swap."),
         (requester_id, "The person who asks."),
         (target_person_id, "The person who is asked."),
         (swap_type, "one_to_one or absorb; empty when nobody said."),
         (status, "pending, approved, rejected, executed, cancelled or rolled_back."),
         (affected_assignments, "The duties in question."),
         (message, "A sentence for people."),
         (approved_by, "Who approved."))

SwapNotification to_notification(const events::client::SwapRequested& event);
SwapNotification to_notification(const events::client::SwapApproved& event);

/// nullopt for events that have no GraphQL type (those of the solver). Copies strings.
std::optional<json::object> data_of(const events::ClientEvent& event,
                                    std::string_view cursor,
                                    const Uuid& event_id,
                                    Timestamp timestamp);

}  // namespace rotacast::graphql

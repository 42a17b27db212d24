#pragma once

// One event being shown: collects client events with whom they concern, and the members that it
// would have needed. The overloads of show() say what screens see of each event type; a type
// without one is not shown. They stand by subject in show_*.cpp.
//
// Intake asks for the members alone, once per event; so each show() first names what it needs, and
// goes on only if the rest is wanted. Texts are passed as views into the event.

#include "events/event.hpp"
#include "hub/topic.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::app {

namespace client = events::client;
using hub::Topic;

/// Looks into the event that is being shown.
using MaybeText = std::optional<std::string_view>;

struct View {
    struct Shown {
        events::ClientEvent event;
        std::vector<Topic> topics;
    };

    const events::Metadata& metadata;
    bool only_missing = false;  ///< nobody asks what is shown
    std::vector<Shown> shown = {};
    std::vector<std::string> missing = {};  ///< JSON pointers; when there are any, nothing is shown

    /// Whether there is anything left to do once everything needed was named.
    bool shows() const { return missing.empty() && !only_missing; }

    void show(events::ClientEvent event, std::vector<Topic> topics);

    /// A member that the client event requires.
    Uuid need(MaybeText text, std::string_view member);

    /// Who acted: the event's own word, else the metadata's; null when neither is a UUID.
    std::optional<Uuid> actor(MaybeText text) const;
};

std::optional<Uuid> id_or_null(MaybeText text);
std::vector<Uuid> ids_of(const std::vector<std::string>& texts);
std::vector<Topic> both_persons(const Uuid& requester, const std::optional<Uuid>& target);

/// A string member of a free-form object.
MaybeText text_of(const events::json::object& object, std::string_view key);

inline MaybeText first_of(MaybeText first, MaybeText second) {
    return first ? first : second;
}

void show(View& view, const events::ScheduleCreated& e);
void show(View& view, const events::ScheduleUpdated& e);
void show(View& view, const events::SchedulePublished& e);
void show(View& view, const events::ScheduleArchived& e);
void show(View& view, const events::ScheduleDeleted& e);
void show(View& view, const events::AssignmentCreated& e);
void show(View& view, const events::AssignmentUpdated& e);
void show(View& view, const events::AssignmentConfirmed& e);
void show(View& view, const events::AssignmentDeleted& e);
void show(View& view, const events::SwapRequested& e);
void show(View& view, const events::SwapApproved& e);
void show(View& view, const events::SwapRejected& e);
void show(View& view, const events::SwapCancelled& e);
void show(View& view, const events::SwapExecuted& e);
void show(View& view, const events::SwapRolledBack& e);
void show(View& view, const events::AbsenceCreated& e);
void show(View& view, const events::AbsenceApproved& e);
void show(View& view, const events::ACGMEViolationDetected& e);
void show(View& view, const events::ResilienceLevelChanged& e);
void show(View& view, const events::ContingencyActivated& e);
void show(View& view, const events::LoadShedInitiated& e);
void show(View& view, const client::ScheduleUpdated& e);
void show(View& view, const client::AssignmentChanged& e);
void show(View& view, const client::SwapRequested& e);
void show(View& view, const client::SwapApproved& e);
void show(View& view, const client::ConflictDetected& e);
void show(View& view, const client::ResilienceAlert& e);
void show(View& view, const client::SolverSolution& e);
void show(View& view, const client::SolverComplete& e);
void show(View& view, const events::Notification& e);

}  // namespace rotacast::app

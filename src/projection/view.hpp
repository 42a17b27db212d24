#pragma once

// One event being shown: collects client events with whom they concern, and the members that it
// would have needed. The overloads of show() say what screens see of each event type; a type
// without one is not shown. They stand by subject in show_*.cpp.
//
// The journal asks for the needed members alone, once per event; so each show() first names what it
// needs, and goes on only if the rest is wanted. Texts are passed as views into the event, or into
// what earlier events had said.

#include "events/event.hpp"
#include "events/known.hpp"
#include "hub/topic.hpp"
#include "projection/facts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::projection {

namespace client = events::client;
using hub::Topic;

struct View {
    struct Shown {
        events::ClientEvent event;
        std::vector<Topic> topics;
    };

    const events::Metadata& metadata;
    const events::Known* known = nullptr;  ///< what earlier events had said; null: nothing
    bool only_missing = false;             ///< nobody asks what is shown
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
/// Those of the texts that are UUIDs.
template <class List>
std::vector<Uuid> ids_of(const List& texts) {
    std::vector<Uuid> ids;
    ids.reserve(texts.size());
    for (const auto& text : texts)
        if (const auto id = Uuid::parse(text)) ids.push_back(*id);
    return ids;
}
std::vector<Topic> both_persons(const Uuid& requester, const std::optional<Uuid>& target);

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

}  // namespace rotacast::projection

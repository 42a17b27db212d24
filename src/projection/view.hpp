#pragma once

// Builds the client events of one event, with their topics, and lists the required members that are
// missing. The overloads of show() in show_*.cpp, grouped by subject, define the client events of
// each event type; a type without an overload has none.
//
// The journal asks only for the missing members, once per event, so each show() first names what it
// needs and stops there if only_missing is set. Texts are views into the event or into what earlier
// events said.

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
    const events::Known* known = nullptr;  ///< what earlier events said; null: nothing
    bool only_missing = false;             ///< build no client events
    std::vector<Shown> shown = {};
    std::vector<std::string> missing = {};  ///< JSON pointers; if there are any, nothing is shown

    /// Call it after all need()s: whether to build the client event.
    bool shows() const { return missing.empty() && !only_missing; }

    void show(events::ClientEvent event, std::vector<Topic> topics);

    /// Parses a required member; adds it to `missing` if it is no UUID.
    Uuid need(MaybeText text, std::string_view member);

    /// Who acted: by the event, otherwise by its metadata; nullopt if neither is a UUID.
    std::optional<Uuid> actor(MaybeText text) const;
};

std::optional<Uuid> id_or_null(MaybeText text);
/// The texts that are UUIDs, parsed.
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

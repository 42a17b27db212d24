#pragma once

// What is known about a thing after an event: the event's own values, otherwise what was known
// before. The precedence among an event's members is defined here.
//
// All texts are views into the event or into the earlier facts and live as long as those. Pure;
// thread-safe.

#include "events/catalogue.hpp"
#include "events/known.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::projection {

/// nullopt if a member is absent or empty.
using MaybeText = std::optional<std::string_view>;
using Texts = std::vector<std::string_view>;

struct AssignmentFacts {
    MaybeText person = {};
    MaybeText block = {};
    MaybeText rotation = {};
    MaybeText schedule = {};
    bool deleted = false;  ///< soft deletion: it may be restored
};

struct SwapFacts {
    MaybeText requester = {};
    MaybeText target = {};
    MaybeText type = {};
    Texts assignments = {};
};

struct AbsenceFacts {
    MaybeText person = {};
    MaybeText severity = {};
    Texts blocks = {};
};

/// What an executed or rolled back swap says about one assignment. `person` is the new owner.
struct AssignmentChange {
    MaybeText assignment = {};
    MaybeText person = {};
    MaybeText previous_person = {};
    MaybeText block = {};
    MaybeText rotation = {};
    MaybeText schedule = {};
};
AssignmentChange change_of(const events::json::object& change);

AssignmentFacts after(const events::AssignmentCreated& e, const AssignmentFacts& before);
AssignmentFacts after(const events::AssignmentUpdated& e, const AssignmentFacts& before);
AssignmentFacts after(const events::AssignmentConfirmed& e, const AssignmentFacts& before);
AssignmentFacts after(const events::AssignmentDeleted& e, const AssignmentFacts& before);
AssignmentFacts after(const AssignmentChange& change, const AssignmentFacts& before);

/// `wanted`: the facts of the assignment that is requested in return; its owner is the one asked.
SwapFacts after(const events::SwapRequested& e, SwapFacts before, const AssignmentFacts& wanted);
SwapFacts after(const events::SwapApproved& e, SwapFacts before);
SwapFacts after(const events::SwapRejected& e, SwapFacts before);
SwapFacts after(const events::SwapCancelled& e, SwapFacts before);
SwapFacts after(const events::SwapExecuted& e, SwapFacts before);
SwapFacts after(const events::SwapRolledBack& e, SwapFacts before);

AbsenceFacts after(const events::AbsenceCreated& e, AbsenceFacts before);
AbsenceFacts after(const events::AbsenceUpdated& e, AbsenceFacts before);
AbsenceFacts after(const events::AbsenceApproved& e, AbsenceFacts before);
AbsenceFacts after(const events::AbsenceRejected& e, AbsenceFacts before);
AbsenceFacts after(const events::AbsenceDeleted& e, AbsenceFacts before);

AssignmentFacts facts_of(const events::KnownAssignment& known);
SwapFacts facts_of(const events::KnownSwap& known);
AbsenceFacts facts_of(const events::KnownAbsence& known);

/// The facts of the `index`-th assignment that an event refers to; empty if `known` is null or does
/// not contain it.
AssignmentFacts known_assignment(const events::Known* known, std::size_t index = 0);
SwapFacts known_swap(const events::Known* known);
AbsenceFacts known_absence(const events::Known* known);

/// A string member of a free-form object.
MaybeText text_of(const events::json::object& object, std::string_view key);

/// The first text that is present.
template <class... More>
MaybeText first_of(MaybeText first, More... more) {
    if constexpr (sizeof...(more) == 0)
        return first;
    else
        return first ? first : first_of(MaybeText(more)...);
}

}  // namespace rotacast::projection

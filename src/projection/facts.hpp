#pragma once

// What is known of a thing once an event about it has happened: the event's own word, else what was
// known before. Every precedence between an event's members is decided here and nowhere else.
//
// All texts are views into the event or into what was known: they live as long as those. Pure; any
// thread.

#include "events/catalogue.hpp"
#include "events/known.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::projection {

/// Nothing when a member is absent or empty.
using MaybeText = std::optional<std::string_view>;
using Texts = std::vector<std::string_view>;

struct AssignmentFacts {
    MaybeText person = {};
    MaybeText block = {};
    MaybeText rotation = {};
    MaybeText schedule = {};
    bool deleted = false;  ///< softly: it may be restored
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

/// What a swap that took effect, or was undone, says of one assignment. `person` is who has it now.
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

/// `wanted`: of the assignment that is asked for in return; its owner is who is asked.
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

/// Of the `index`-th assignment that an event names. Nothing is known where `known` is null or says
/// nothing of it.
AssignmentFacts known_assignment(const events::Known* known, std::size_t index = 0);
SwapFacts known_swap(const events::Known* known);
AbsenceFacts known_absence(const events::Known* known);

/// A string member of a free-form object.
MaybeText text_of(const events::json::object& object, std::string_view key);

/// The first of them that is there.
template <class... More>
MaybeText first_of(MaybeText first, More... more) {
    if constexpr (sizeof...(more) == 0)
        return first;
    else
        return first ? first : first_of(MaybeText(more)...);
}

}  // namespace rotacast::projection

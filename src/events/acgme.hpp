#pragma once

// Duty-hour rules of the ACGME: 80 hours a week, one day in seven, supervision.
// Wire specification §3.4.

#include "events/vocabulary.hpp"

namespace rotacast::events {

struct ACGMEViolationDetected {
    static constexpr std::string_view type = "ACGMEViolationDetected";
    static constexpr std::string_view aggregate = "ACGMECompliance";
    std::string violation_id;
    std::string person_id;
    std::string violation_type;
    std::string severity;
    std::optional<Timestamp> detected_at;
    json::object details;
    std::vector<std::string> affected_blocks;
    std::optional<std::string> message;
};
DESCRIBE(ACGMEViolationDetected,
         "A duty-hour rule is broken, or would be.",
         (violation_id, "The violation."),
         (person_id, "Whose hours."),
         (violation_type, "80_hour, 1_in_7, supervision_ratio."),
         (severity, "warning or critical."),
         (detected_at, "When; the time of publishing if absent."),
         (details, "Figures, free form.", defaulted),
         (affected_blocks, "The blocks that break the rule.", defaulted),
         (message, "A sentence for people."))

struct ACGMEOverrideApplied {
    static constexpr std::string_view type = "ACGMEOverrideApplied";
    static constexpr std::string_view aggregate = "ACGMECompliance";
    std::string override_id;
    std::string assignment_id;
    std::string override_reason;
    std::string applied_by;
    std::string justification;
    std::string approval_level;
};
DESCRIBE(ACGMEOverrideApplied,
         "An assignment was allowed in spite of a rule.",
         (override_id, "The override."),
         (assignment_id, "The assignment."),
         (override_reason, "Which rule, and why."),
         (applied_by, "Who allowed it."),
         (justification, "The reasoning for accreditation."),
         (approval_level, "coordinator or program_director."))

struct ACGMEComplianceRestored {
    static constexpr std::string_view type = "ACGMEComplianceRestored";
    static constexpr std::string_view aggregate = "ACGMECompliance";
    std::string violation_id;
    std::string person_id;
    std::optional<std::string> restored_by;
    std::optional<std::string> violation_type;
};
DESCRIBE(ACGMEComplianceRestored,
         "A violation is gone.",
         (violation_id, "The violation."),
         (person_id, "Whose hours."),
         (restored_by, "Who put it right."),
         (violation_type, "80_hour, 1_in_7, supervision_ratio."))

using AcgmeEvents = mp_list<ACGMEViolationDetected, ACGMEOverrideApplied, ACGMEComplianceRestored>;

}  // namespace rotacast::events

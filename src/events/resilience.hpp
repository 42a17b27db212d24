#pragma once

// Resilience of the programme: how close it is to having too few people. Wire specification §3.4.
// Shown to all clients.

#include "events/vocabulary.hpp"

namespace rotacast::events {

struct ResilienceLevelChanged {
    static constexpr std::string_view type = "ResilienceLevelChanged";
    static constexpr std::string_view aggregate = "Resilience";
    std::string previous_level;
    std::string new_level;
    double utilization = 0.0;
    std::string trigger_reason;
    std::vector<std::string> affected_persons;
    std::vector<std::string> recommendations;
};
DESCRIBE(ResilienceLevelChanged,
         "The defence level changed.",
         (previous_level, "Before: green, yellow, orange, red, black or DEFENSE_LEVEL_1 to _5."),
         (new_level, "Now, in the same words."),
         (utilization, "Share of capacity in use, 0.0 to 1.0."),
         (trigger_reason, "Why."),
         (affected_persons, "Whose duties are touched.", defaulted),
         (recommendations, "What to do.", defaulted))

struct ContingencyActivated {
    static constexpr std::string_view type = "ContingencyActivated";
    static constexpr std::string_view aggregate = "Resilience";
    std::string contingency_id;
    std::string activated_by;
    std::string reason;
    std::optional<std::string> alert_type;
    std::optional<std::string> level;
    std::optional<double> utilization;
    std::vector<std::string> affected_persons;
    std::vector<std::string> recommendations;
};
DESCRIBE(ContingencyActivated,
         "A prepared fallback plan is in force.",
         (contingency_id, "The plan."),
         (activated_by, "Who put it in force."),
         (reason, "Why."),
         (alert_type, "utilization_high, n1_failure, n2_failure, defense_level_change (default)."),
         (level, "Defence level that goes with it (default red)."),
         (utilization, "Share of capacity in use, 0.0 to 1.0."),
         (affected_persons, "Whose duties are touched.", defaulted),
         (recommendations, "What to do.", defaulted))

struct LoadShedInitiated {
    static constexpr std::string_view type = "LoadShedInitiated";
    static constexpr std::string_view aggregate = "Resilience";
    std::string level;
    std::string initiated_by;
    std::string reason;
    std::vector<std::string> activities;
    std::optional<double> utilization;
    std::vector<std::string> affected_persons;
    std::vector<std::string> recommendations;
};
DESCRIBE(LoadShedInitiated,
         "Less urgent duties are dropped to keep the urgent ones.",
         (level, "Defence level that asks for it."),
         (initiated_by, "Who decided."),
         (reason, "Why."),
         (activities, "What is dropped.", defaulted),
         (utilization, "Share of capacity in use, 0.0 to 1.0."),
         (affected_persons, "Whose duties are touched.", defaulted),
         (recommendations, "What to do.", defaulted))

using ResilienceEvents = mp_list<ResilienceLevelChanged, ContingencyActivated, LoadShedInitiated>;

}  // namespace rotacast::events

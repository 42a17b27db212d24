#pragma once

// Client events: the messages of the original protocol, with their fields in wire order. Wire
// specification §1.6. On the wire each begins with `event_type` and `timestamp`, which come from
// the envelope (see ws/dialect).

#include "events/vocabulary.hpp"

namespace rotacast::events::client {

struct ScheduleUpdated {
    static constexpr std::string_view type = "schedule_updated";
    std::optional<Uuid> schedule_id;
    std::optional<Uuid> academic_year_id;
    std::optional<Uuid> user_id;
    std::string update_type;
    std::int64_t affected_blocks_count = 0;
    std::string message;
};
DESCRIBE(ScheduleUpdated,
         "A schedule was generated or changed. Goes to its watchers; without a schedule, to all.",
         (schedule_id, "The schedule.", subject),
         (academic_year_id, "Its academic year."),
         (user_id, "Who made the change."),
         (update_type, "generated, modified or regenerated."),
         (affected_blocks_count, "How many blocks changed.", defaulted),
         (message, "A sentence for people.", defaulted))

struct AssignmentChanged {
    static constexpr std::string_view type = "assignment_changed";
    Uuid assignment_id;
    Uuid person_id;
    Uuid block_id;
    std::optional<Uuid> rotation_template_id;
    std::string change_type;
    std::optional<Uuid> changed_by;
    std::string message;
};
DESCRIBE(AssignmentChanged,
         "Somebody's assignment came, changed or went. Goes to the person's watchers.",
         (assignment_id, "The assignment.", subject),
         (person_id, "Whose."),
         (block_id, "The half-day block."),
         (rotation_template_id, "The rotation."),
         (change_type, "created, updated or deleted."),
         (changed_by, "Who made the change."),
         (message, "A sentence for people.", defaulted))

struct SwapRequested {
    static constexpr std::string_view type = "swap_requested";
    Uuid swap_id;
    Uuid requester_id;
    std::optional<Uuid> target_person_id;
    std::string swap_type;
    std::vector<Uuid> affected_assignments;
    std::string message;
    std::optional<std::string> status;
};
DESCRIBE(SwapRequested,
         "Somebody asks to swap. Goes to the watchers of both persons, once each.",
         (swap_id, "The swap.", subject),
         (requester_id, "The person who asks."),
         (target_person_id, "The person who is asked."),
         (swap_type, "one_to_one or absorb."),
         (affected_assignments, "The duties in question.", defaulted),
         (message, "A sentence for people.", defaulted),
         (status, "pending unless said otherwise.", graphql_only))

struct SwapApproved {
    static constexpr std::string_view type = "swap_approved";
    Uuid swap_id;
    Uuid requester_id;
    std::optional<Uuid> target_person_id;
    Uuid approved_by;
    std::vector<Uuid> affected_assignments;
    std::string message;
    std::optional<std::string> swap_type;
    std::optional<std::string> status;
};
DESCRIBE(SwapApproved,
         "A swap was approved. Goes to the watchers of both persons, once each.",
         (swap_id, "The swap.", subject),
         (requester_id, "The person who asked."),
         (target_person_id, "The person who was asked."),
         (approved_by, "Who approved."),
         (affected_assignments, "The duties that change hands.", defaulted),
         (message, "A sentence for people.", defaulted),
         (swap_type, "one_to_one or absorb.", graphql_only),
         (status, "approved unless said otherwise.", graphql_only))

struct ConflictDetected {
    static constexpr std::string_view type = "conflict_detected";
    std::optional<Uuid> conflict_id;
    Uuid person_id;
    std::string conflict_type;
    std::string severity;
    std::vector<Uuid> affected_blocks;
    std::string message;
};
DESCRIBE(ConflictDetected,
         "Something in a person's schedule cannot be. Goes to the person's watchers.",
         (conflict_id, "The conflict.", subject),
         (person_id, "Only conflicts of this person."),
         (conflict_type, "double_booking, acgme_violation or absence_overlap."),
         (severity, "low, medium, high or critical."),
         (affected_blocks, "The blocks in question.", defaulted),
         (message, "A sentence for people.", defaulted))

struct ResilienceAlert {
    static constexpr std::string_view type = "resilience_alert";
    std::string alert_type;
    std::string severity;
    std::optional<double> current_utilization;
    std::optional<std::string> defense_level;
    std::vector<Uuid> affected_persons;
    std::string message;
    std::vector<std::string> recommendations;
};
DESCRIBE(ResilienceAlert,
         "The programme as a whole is under strain. Goes to everybody.",
         (alert_type, "utilization_high, n1_failure, n2_failure or defense_level_change.", subject),
         (severity, "green, yellow, orange, red or black."),
         (current_utilization, "Share of capacity in use, 0.0 to 1.0."),
         (defense_level, "The level now."),
         (affected_persons, "Whose duties are touched.", defaulted),
         (message, "A sentence for people.", defaulted),
         (recommendations, "What to do.", defaulted))

/// Progress of a running solver as newer back ends send it: without a timestamp, with free-form
/// parts.
struct SolverSolution {
    static constexpr std::string_view type = "solver_solution";
    static constexpr bool without_timestamp = true;
    std::string task_id;
    std::int64_t solution_num = 0;
    std::string solution_type;
    std::optional<json::value> assignments;
    std::optional<json::value> delta;
    std::optional<std::int64_t> assignment_count;
    std::optional<double> objective_value;
    std::optional<double> optimality_gap_pct;
    std::optional<double> progress_pct;
    std::optional<double> elapsed_seconds;
    std::optional<bool> is_optimal;
};
DESCRIBE(SolverSolution,
         "The solver found a better schedule. Goes to everybody.",
         (task_id, "The solver's task.", subject),
         (solution_num, "Counts up."),
         (solution_type, "full, delta or progress."),
         (assignments, "The whole solution.", omitted_when_null),
         (delta, "What changed since the last one.", omitted_when_null),
         (assignment_count, "How many assignments.", omitted_when_null),
         (objective_value, "What the solver minimises.", omitted_when_null),
         (optimality_gap_pct, "Distance to the bound, percent.", omitted_when_null),
         (progress_pct, "Percent done.", omitted_when_null),
         (elapsed_seconds, "Time used.", omitted_when_null),
         (is_optimal, "Whether nothing better exists.", omitted_when_null))

struct SolverComplete {
    static constexpr std::string_view type = "solver_complete";
    std::string task_id;
    std::string status;
    std::int64_t total_solutions = 0;
    std::int64_t final_assignment_count = 0;
    double total_elapsed_seconds = 0.0;
    std::string message;
};
DESCRIBE(SolverComplete,
         "The solver ended. Goes to everybody.",
         (task_id, "The solver's task.", subject),
         (status, "optimal, feasible, timeout, infeasible or error."),
         (total_solutions, "How many solutions were found.", defaulted),
         (final_assignment_count, "How many assignments the last one has.", defaulted),
         (total_elapsed_seconds, "Time used.", defaulted),
         (message, "A sentence for people.", defaulted))

/// The first frame of every classic connection.
struct ConnectionAck {
    static constexpr std::string_view type = "connection_ack";
    Uuid user_id;
    std::string message = "Connection established";
};
DESCRIBE(ConnectionAck,
         "The connection stands. Goes to the new connection alone.",
         (user_id, "Who was recognised."),
         (message, "Always `Connection established`.", defaulted))

/// The answer to the action `ping`.
struct Pong {
    static constexpr std::string_view type = "pong";
};
DESCRIBE(Pong, "The answer to a ping. Goes to the asking connection alone.")

/// Events that a back end may publish directly (POST /api/v1/broadcast/{type}).
using Broadcasts = mp_list<ScheduleUpdated,
                           AssignmentChanged,
                           SwapRequested,
                           SwapApproved,
                           ConflictDetected,
                           ResilienceAlert,
                           SolverSolution,
                           SolverComplete>;

/// Events that the server itself sends to one connection.
using Replies = mp_list<ConnectionAck, Pong>;

}  // namespace rotacast::events::client

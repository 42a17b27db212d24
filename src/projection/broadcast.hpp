#pragma once

// The original's six helpers for code that embeds the server: each publishes a client event
// directly. These events take the usual path (journal, cursor, hub); the future is ready when the
// event is durable. Arguments and defaults follow wire specification §2.3.

#include "bus/bus.hpp"

namespace rotacast::projection {

using Published = std::future<Result<bus::Receipt>>;

/// To the schedule's subscribers; without a schedule to everybody.
Published broadcast_schedule_updated(bus::Bus& bus,
                                     std::optional<Uuid> schedule_id,
                                     std::optional<Uuid> academic_year_id,
                                     std::optional<Uuid> user_id,
                                     std::string update_type,
                                     std::int64_t affected_blocks_count = 0,
                                     std::string message = "");

/// To the person's subscribers.
Published broadcast_assignment_changed(bus::Bus& bus,
                                       const Uuid& assignment_id,
                                       const Uuid& person_id,
                                       const Uuid& block_id,
                                       std::optional<Uuid> rotation_template_id,
                                       std::string change_type,
                                       std::optional<Uuid> changed_by = {},
                                       std::string message = "");

/// To the subscribers of both persons, once each.
Published broadcast_swap_requested(bus::Bus& bus,
                                   const Uuid& swap_id,
                                   const Uuid& requester_id,
                                   std::optional<Uuid> target_person_id,
                                   std::string swap_type,
                                   std::vector<Uuid> affected_assignments,
                                   std::string message = "");

/// To the subscribers of both persons, once each.
Published broadcast_swap_approved(bus::Bus& bus,
                                  const Uuid& swap_id,
                                  const Uuid& requester_id,
                                  std::optional<Uuid> target_person_id,
                                  const Uuid& approved_by,
                                  std::vector<Uuid> affected_assignments,
                                  std::string message = "");

/// To the person's subscribers.
Published broadcast_conflict_detected(bus::Bus& bus,
                                      const Uuid& person_id,
                                      std::string conflict_type,
                                      std::string severity,
                                      std::vector<Uuid> affected_blocks,
                                      std::optional<Uuid> conflict_id = {},
                                      std::string message = "");

/// To everybody.
Published broadcast_resilience_alert(bus::Bus& bus,
                                     std::string alert_type,
                                     std::string severity,
                                     std::string message = "",
                                     std::optional<double> current_utilization = {},
                                     std::optional<std::string> defense_level = {},
                                     std::vector<Uuid> affected_persons = {},
                                     std::vector<std::string> recommendations = {});

}  // namespace rotacast::projection

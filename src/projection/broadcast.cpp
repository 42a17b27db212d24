#include "projection/broadcast.hpp"

namespace rotacast::projection {

namespace client = events::client;

Published broadcast_schedule_updated(bus::Bus& bus,
                                     std::optional<Uuid> schedule_id,
                                     std::optional<Uuid> academic_year_id,
                                     std::optional<Uuid> user_id,
                                     std::string update_type,
                                     std::int64_t affected_blocks_count,
                                     std::string message) {
    return bus.publish(client::ScheduleUpdated{schedule_id,
                                               academic_year_id,
                                               user_id,
                                               std::move(update_type),
                                               affected_blocks_count,
                                               std::move(message)});
}

Published broadcast_assignment_changed(bus::Bus& bus,
                                       const Uuid& assignment_id,
                                       const Uuid& person_id,
                                       const Uuid& block_id,
                                       std::optional<Uuid> rotation_template_id,
                                       std::string change_type,
                                       std::optional<Uuid> changed_by,
                                       std::string message) {
    return bus.publish(client::AssignmentChanged{assignment_id,
                                                 person_id,
                                                 block_id,
                                                 rotation_template_id,
                                                 std::move(change_type),
                                                 changed_by,
                                                 std::move(message)});
}

Published broadcast_swap_requested(bus::Bus& bus,
                                   const Uuid& swap_id,
                                   const Uuid& requester_id,
                                   std::optional<Uuid> target_person_id,
                                   std::string swap_type,
                                   std::vector<Uuid> affected_assignments,
                                   std::string message) {
    return bus.publish(client::SwapRequested{swap_id,
                                             requester_id,
                                             target_person_id,
                                             std::move(swap_type),
                                             std::move(affected_assignments),
                                             std::move(message),
                                             {}});
}

Published broadcast_swap_approved(bus::Bus& bus,
                                  const Uuid& swap_id,
                                  const Uuid& requester_id,
                                  std::optional<Uuid> target_person_id,
                                  const Uuid& approved_by,
                                  std::vector<Uuid> affected_assignments,
                                  std::string message) {
    return bus.publish(client::SwapApproved{swap_id,
                                            requester_id,
                                            target_person_id,
                                            approved_by,
                                            std::move(affected_assignments),
                                            std::move(message),
                                            {},
                                            {}});
}

Published broadcast_conflict_detected(bus::Bus& bus,
                                      const Uuid& person_id,
                                      std::string conflict_type,
                                      std::string severity,
                                      std::vector<Uuid> affected_blocks,
                                      std::optional<Uuid> conflict_id,
                                      std::string message) {
    return bus.publish(client::ConflictDetected{conflict_id,
                                                person_id,
                                                std::move(conflict_type),
                                                std::move(severity),
                                                std::move(affected_blocks),
                                                std::move(message)});
}

Published broadcast_resilience_alert(bus::Bus& bus,
                                     std::string alert_type,
                                     std::string severity,
                                     std::string message,
                                     std::optional<double> current_utilization,
                                     std::optional<std::string> defense_level,
                                     std::vector<Uuid> affected_persons,
                                     std::vector<std::string> recommendations) {
    return bus.publish(client::ResilienceAlert{std::move(alert_type),
                                               std::move(severity),
                                               current_utilization,
                                               std::move(defense_level),
                                               std::move(affected_persons),
                                               std::move(message),
                                               std::move(recommendations)});
}

}  // namespace rotacast::projection

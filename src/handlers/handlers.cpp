#include "handlers/handlers.hpp"

namespace rotacast::handlers {
Handlers::Handlers(auth::Users& users,
                   auth::AccessChangeFeed& changes,
                   const projection::RosterProjection& roster,
                   Options options)
    : recipients_(users, changes, std::move(options.program_directors)),
      dependencies_{recipients_, roster, options.cache_keys} {}

template <events::Catalogued E>
Result<void> Handlers::add(bus::Bus& bus, std::string name) {
    return bus.on<E>(std::move(name), [this](const E& event, bus::HandlerContext& context) {
        HandlerRun run(dependencies_, context);
        handle(run, event);
        return run.outcome();
    });
}

Result<void> Handlers::add_to(bus::Bus& bus) {
    for (const auto& added : {add<events::ScheduleCreated>(bus, "schedule_created_handler"),
                              add<events::ScheduleUpdated>(bus, "schedule_updated_handler"),
                              add<events::SchedulePublished>(bus, "schedule_published_handler"),
                              add<events::AssignmentCreated>(bus, "assignment_created_handler"),
                              add<events::AssignmentUpdated>(bus, "assignment_updated_handler"),
                              add<events::AssignmentDeleted>(bus, "assignment_deleted_handler"),
                              add<events::SwapRequested>(bus, "swap_requested_handler"),
                              add<events::SwapApproved>(bus, "swap_approved_handler"),
                              add<events::SwapExecuted>(bus, "swap_executed_handler"),
                              add<events::AbsenceCreated>(bus, "absence_created_handler"),
                              add<events::AbsenceApproved>(bus, "absence_approved_handler"),
                              add<events::ACGMEViolationDetected>(bus, "acgme_violation_handler"),
                              add<events::ACGMEOverrideApplied>(bus, "acgme_override_handler")})
        if (!added) return added;
    return {};
}

}  // namespace rotacast::handlers

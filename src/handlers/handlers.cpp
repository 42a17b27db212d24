#include "handlers/handlers.hpp"

namespace rotacast::handlers {
namespace {

/// The first event that needs the casebook after a start has the whole journal read.
constexpr std::chrono::minutes attempt_timeout{5};

}  // namespace

Handlers::Handlers(auth::Users& users,
                   auth::AccessChangeFeed& changes,
                   bus::Journal& journal,
                   Options options)
    : people_(users, changes, std::move(options.program_directors)),
      casebook_(journal),
      desk_{people_, casebook_, options.cache_keys} {}

template <events::Catalogued E>
Result<void> Handlers::add(bus::Bus& bus, std::string name) {
    bus::SubscriberOptions options;
    options.timeout = attempt_timeout;
    return bus.on<E>(
        std::move(name),
        [this](const E& event, bus::HandlerContext& context) {
            Handling handling(desk_, context);
            handle(handling, event);
            return handling.outcome();
        },
        options);
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

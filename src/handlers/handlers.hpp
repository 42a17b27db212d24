#pragma once

// The original's thirteen handlers (wire specification §3.9), which it never registered and whose
// every action failed; docs/handlers.md tells what each does here. They stand by subject in
// on_*.cpp: one function per event type.

#include "bus/bus.hpp"
#include "handlers/handler_run.hpp"

#include <string>
#include <vector>

namespace rotacast::handlers {

struct Options {
    std::vector<std::string> program_directors;  ///< user names; none: the admins are
    bool cache_keys = true;
};

/// Outlives the dispatcher of the bus it was added to; what it is given outlives it.
class Handlers {
  public:
    /// `roster`: that which the bus' journal keeps in step.
    Handlers(auth::Users& users,
             auth::AccessChangeFeed& changes,
             const projection::RosterProjection& roster,
             Options options);

    /// Under the original's subscriber ids. Each begins with what is published from now on, or
    /// where it was. Errors: as Bus::on.
    Result<void> add_to(bus::Bus& bus);

  private:
    template <events::Catalogued E>
    Result<void> add(bus::Bus& bus, std::string name);

    RecipientResolver recipients_;
    HandlerDependencies dependencies_;
};

void handle(HandlerRun& run, const events::ScheduleCreated& event);
void handle(HandlerRun& run, const events::ScheduleUpdated& event);
void handle(HandlerRun& run, const events::SchedulePublished& event);
void handle(HandlerRun& run, const events::AssignmentCreated& event);
void handle(HandlerRun& run, const events::AssignmentUpdated& event);
void handle(HandlerRun& run, const events::AssignmentDeleted& event);
void handle(HandlerRun& run, const events::SwapRequested& event);
void handle(HandlerRun& run, const events::SwapApproved& event);
void handle(HandlerRun& run, const events::SwapExecuted& event);
void handle(HandlerRun& run, const events::AbsenceCreated& event);
void handle(HandlerRun& run, const events::AbsenceApproved& event);
void handle(HandlerRun& run, const events::ACGMEViolationDetected& event);
void handle(HandlerRun& run, const events::ACGMEOverrideApplied& event);

}  // namespace rotacast::handlers

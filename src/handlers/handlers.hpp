#pragma once

// The original's thirteen handlers (wire specification §3.9), which it never registered and whose
// actions all failed; docs/handlers.md describes what each does here. One function per event type,
// grouped by subject in on_*.cpp.

#include "bus/bus.hpp"
#include "config/handlers.hpp"
#include "handlers/handler_run.hpp"

#include <string>
#include <vector>

namespace rotacast::handlers {

struct Options {
    std::vector<std::string> program_directors;  ///< user names; empty: the admins
    bool cache_keys = config::Handlers{}.cache_keys == "on";
};

/// Must outlive the dispatcher of its bus; the constructor's arguments must outlive it.
class Handlers {
  public:
    /// `roster`: the one that the bus's journal updates.
    Handlers(auth::Users& users,
             auth::AccessChangeFeed& changes,
             const projection::RosterProjection& roster,
             Options options);

    /// Registers them under the original's subscriber ids. Each starts with events published from
    /// now on, or continues from its position. Errors: those of Bus::on.
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

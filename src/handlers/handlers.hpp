#pragma once

// The original's thirteen handlers (wire specification §3.9), which it never registered and whose
// every action failed; docs/handlers.md tells what each does here. They stand by subject in
// on_*.cpp: one function per event type.

#include "bus/bus.hpp"
#include "handlers/handling.hpp"

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
    Handlers(auth::Users& users,
             auth::AccessChangeFeed& changes,
             bus::Journal& journal,
             Options options);

    /// Under the original's subscriber ids. Each begins with what is published from now on, or
    /// where it was. Errors: as Bus::on.
    Result<void> add_to(bus::Bus& bus);

  private:
    template <events::Catalogued E>
    Result<void> add(bus::Bus& bus, std::string name);

    People people_;
    Casebook casebook_;
    Desk desk_;
};

void handle(Handling& handling, const events::ScheduleCreated& event);
void handle(Handling& handling, const events::ScheduleUpdated& event);
void handle(Handling& handling, const events::SchedulePublished& event);
void handle(Handling& handling, const events::AssignmentCreated& event);
void handle(Handling& handling, const events::AssignmentUpdated& event);
void handle(Handling& handling, const events::AssignmentDeleted& event);
void handle(Handling& handling, const events::SwapRequested& event);
void handle(Handling& handling, const events::SwapApproved& event);
void handle(Handling& handling, const events::SwapExecuted& event);
void handle(Handling& handling, const events::AbsenceCreated& event);
void handle(Handling& handling, const events::AbsenceApproved& event);
void handle(Handling& handling, const events::ACGMEViolationDetected& event);
void handle(Handling& handling, const events::ACGMEOverrideApplied& event);

}  // namespace rotacast::handlers

#pragma once

// Entries that a subscriber can never see, because the journal has dropped them.

#include "bus/dispatch_cycle.hpp"

namespace rotacast::bus {

/// Counts the entries from `from` to `to`, both included, as missed: in the record, which the
/// caller must save, in the handler log and in the server's log.
void note_missed_entries(DispatchCycle& cycle, SubscriberRecord& record, Offset from, Offset to);

}  // namespace rotacast::bus

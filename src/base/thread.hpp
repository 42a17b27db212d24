#pragma once

// What the system's scheduler is told about a thread. Hints: where the system does not take them,
// everything works as before.

namespace rotacast {

/// The calling thread works for moments, and others wait for it: whoever runs in its place when it
/// wakes up makes way at once instead of after some ms (sched_setattr(2), a slice of 0.1 ms; Linux
/// from 6.12 on).
void expect_short_turns();

/// The calling thread works for longer, and nobody waits for it at the moment: who does is let in
/// first (setpriority(2), 10 more). Of a core that others fill it has a tenth. Threads that it
/// starts inherit that.
void give_way();

}  // namespace rotacast

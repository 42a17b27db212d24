#pragma once

// Hints to the operating system's scheduler about the calling thread. Where the system does not
// support them, nothing changes.

namespace rotacast {

/// For threads that run briefly and that others wait for: when the thread wakes up, it preempts the
/// running one at once instead of after some ms (sched_setattr(2), a slice of 0.1 ms; Linux 6.12
/// and later).
void expect_short_turns();

/// For threads that run long and that nobody waits for: raises the nice value by 10
/// (setpriority(2)), so that other threads run first. On a core that others keep busy, the thread
/// gets about a tenth. Threads that it starts inherit the value.
void give_way();

}  // namespace rotacast

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

#include "load/options.hpp"

namespace rotacast::bench {

/// CPU time of a process in nanoseconds, user and kernel, by thread name. Source: the first field
/// of /proc/PID/task/*/schedstat, which has nanosecond resolution; utime and stime of
/// /proc/PID/stat count ticks of 10 ms. The value of a sleeping thread is up to date.
struct CpuTime {
    std::map<std::string, std::uint64_t> by_thread;

    [[nodiscard]] std::uint64_t total() const;
    /// Sum of the threads whose name starts with `prefix`.
    [[nodiscard]] std::uint64_t of(const std::string& prefix) const;
    CpuTime& operator+=(const CpuTime& other);
};

[[nodiscard]] CpuTime cpu_time(pid_t pid);
[[nodiscard]] CpuTime operator-(const CpuTime& later, const CpuTime& earlier);

/// VmRSS of /proc/PID/status, in bytes.
[[nodiscard]] std::uint64_t resident_bytes(pid_t pid);

/// Of `server_pid` and `more_pids` together.
[[nodiscard]] CpuTime cpu_of_nodes(const Options& options);
[[nodiscard]] std::uint64_t resident_bytes_of_nodes(const Options& options);

}  // namespace rotacast::bench

#include "load/process_stats.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace rotacast::bench {

std::uint64_t CpuTime::total() const {
    return of("");
}

std::uint64_t CpuTime::of(const std::string& prefix) const {
    std::uint64_t sum = 0;
    for (const auto& [name, ns] : by_thread) {
        if (name.starts_with(prefix)) sum += ns;
    }
    return sum;
}

CpuTime cpu_time(pid_t pid) {
    CpuTime result;
    const auto tasks = "/proc/" + std::to_string(pid) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks)) {
        std::ifstream comm(task.path() / "comm");
        std::ifstream schedstat(task.path() / "schedstat");
        std::string name;
        std::uint64_t ns = 0;
        if (std::getline(comm, name) && schedstat >> ns) result.by_thread[name] += ns;
    }
    return result;
}

CpuTime& CpuTime::operator+=(const CpuTime& other) {
    for (const auto& [name, ns] : other.by_thread) by_thread[name] += ns;
    return *this;
}

CpuTime operator-(const CpuTime& later, const CpuTime& earlier) {
    CpuTime result = later;
    for (const auto& [name, ns] : earlier.by_thread) {
        const auto found = result.by_thread.find(name);
        // The time of a thread that has ended is lost: it counts as zero, not as negative.
        if (found != result.by_thread.end()) found->second -= std::min(found->second, ns);
    }
    return result;
}

std::uint64_t resident_bytes(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    std::string key;
    while (status >> key) {
        std::uint64_t kib = 0;
        if (key == "VmRSS:" && status >> kib) return kib * 1024;
    }
    throw std::runtime_error("the server process is gone");
}

CpuTime cpu_of_nodes(const Options& options) {
    CpuTime sum = cpu_time(options.server_pid);
    for (const pid_t pid : options.more_pids) sum += cpu_time(pid);
    return sum;
}

std::uint64_t resident_bytes_of_nodes(const Options& options) {
    std::uint64_t sum = resident_bytes(options.server_pid);
    for (const pid_t pid : options.more_pids) sum += resident_bytes(pid);
    return sum;
}

}  // namespace rotacast::bench

#include "base/thread.hpp"

#include <cerrno>
#include <cstdint>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace rotacast {
namespace {

constexpr std::uint64_t short_slice_ns = 100'000;
constexpr int less_nice = 10;

/// `struct sched_attr` of linux/sched/types.h, first version. C libraries define it only since
/// glibc 2.41.
struct SchedulerAttributes {
    std::uint32_t size;
    std::uint32_t policy;
    std::uint64_t flags;
    std::int32_t nice;
    std::uint32_t priority;
    std::uint64_t runtime;
    std::uint64_t deadline;
    std::uint64_t period;
};

}  // namespace

void expect_short_turns() {
    SchedulerAttributes attributes{};
    if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
    attributes.runtime = short_slice_ns;
    ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

void give_way() {
    errno = 0;
    const int nice = ::getpriority(PRIO_PROCESS, 0);
    if (errno == 0) ::setpriority(PRIO_PROCESS, 0, nice + less_nice);
}

}  // namespace rotacast

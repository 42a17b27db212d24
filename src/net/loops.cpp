#include "net/loops.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <csignal>
#include <future>
#include <string>

#include <pthread.h>
#include <sched.h>

namespace rotacast::net {
namespace {

// The time for aborted sessions to notify their handlers; this only waits for posted jobs.
constexpr std::chrono::seconds abort_wait{5};
// The granularity at which a drain spreads the ends of sessions.
constexpr std::chrono::milliseconds drain_step{20};
// The time between the server's end and the first client's return, in which the next server has to
// start.
constexpr std::chrono::milliseconds restart_time{1'000};
// The memory of so many members is prefetched ahead of their tick.
constexpr std::size_t prefetch_distance = 4;

Tick look_at_clocks() {
    return {std::chrono::steady_clock::now(), now()};
}

}  // namespace

Loop::Loop(std::size_t index) : index_(index), scratch_(scratch_bytes), tick_(look_at_clocks()) {}

// An exception in one job must not end the process, so the loop continues.
void Loop::run() {
    arm_tick();
    while (true) {
        try {
            context_.run();
            return;
        } catch (...) {
            log::error("loop-{}: a job failed: {}", index_, fault_name());
        }
    }
}

void Loop::arm_tick() {
    timer_.expires_after(tick_interval);
    timer_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        const auto late = std::chrono::steady_clock::now() - timer_.expiry();
        lag_.add(std::chrono::duration_cast<std::chrono::microseconds>(late));
        arm_tick();
        on_tick();
    });
}

void Loop::on_tick() {
    tick_members(look_at_clocks());
}

void Loop::tick_members(const Tick& tick) {
    tick_ = tick;
    queued_ = {};
    for (std::size_t i = members_.size(); i-- > 0;) {
        if (i >= prefetch_distance) __builtin_prefetch(members_[i - prefetch_distance].get());
        for_member(*members_[i], [this](LoopMember& member) { member.on_tick(tick_); });
    }
    show_queued();
}

void Loop::show_queued() noexcept {
    queue_stats_.bytes.set(queued_.bytes);
    queue_stats_.longest_bytes.set(queued_.longest_bytes);
    queue_stats_.connections.set(queued_.connections);
}

// A member that throws is aborted; the others are still called.
template <class Call>
void Loop::for_member(LoopMember& member, Call&& call) noexcept {
    try {
        try {
            call(member);
        } catch (...) {
            log::error("loop-{}: a session failed and is ended: {}", index_, fault_name());
            member.abort();
        }
    } catch (...) {
        log::error("loop-{}: a session could not be ended: {}", index_, fault_name());
    }
}

void Loop::add(std::shared_ptr<LoopMember> member) {
    member->slot_ = members_.size();
    members_.push_back(std::move(member));
    if (!draining_) return;
    members_.back()->drain_at_ = {};
    post([latecomer = members_.back()] { latecomer->on_drain(); });
}

void Loop::remove(LoopMember& member) {
    const std::size_t slot = member.slot_;
    const auto keep = std::move(members_[slot]);
    if (slot + 1 != members_.size()) {
        members_[slot] = std::move(members_.back());
        members_[slot]->slot_ = slot;
    }
    members_.pop_back();
    if (members_.empty() && when_empty_) std::exchange(when_empty_, nullptr)();
}

void Loop::drain(std::chrono::milliseconds window, std::function<void()> when_empty) {
    draining_ = true;
    if (members_.empty()) return when_empty();
    when_empty_ = std::move(when_empty);
    const auto now = std::chrono::steady_clock::now();
    const auto count = static_cast<std::int64_t>(members_.size());
    for (std::int64_t i = 0; i < count; ++i) {
        auto& member = *members_[static_cast<std::size_t>(i)];
        const auto in = window * i / count;
        member.drain_at_ = now + in;
        for_member(member, [&](LoopMember& m) { m.on_draining(in, window + in + restart_time); });
    }
    drain_those_due();
}

// No member removes itself at once (see LoopMember), so the list does not change meanwhile.
void Loop::drain_those_due() {
    const auto now = std::chrono::steady_clock::now();
    bool more = false;
    for (const auto& member : members_) {
        if (member->drain_at_ == std::chrono::steady_clock::time_point{}) continue;
        if (member->drain_at_ > now) {
            more = true;
            continue;
        }
        member->drain_at_ = {};
        for_member(*member, [](LoopMember& m) { m.on_drain(); });
    }
    if (more) arm_drain();
}

void Loop::arm_drain() {
    drain_timer_.expires_after(drain_step);
    drain_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) drain_those_due();
    });
}

void Loop::abort_members() {
    for (const auto& member : members_) for_member(*member, [](LoopMember& m) { m.abort(); });
}

namespace {

// Counts only cores that this process may run on: a container or taskset may allow fewer than there
// are, and loops that share a core only compete with each other.
std::size_t usable_cores() {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (::sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
    return static_cast<std::size_t>(std::max(1, CPU_COUNT(&cores)));
}

// sendfile(2) has no flag to suppress SIGPIPE, and a program that embeds this may not ignore it.
void block_sigpipe() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

Loops::Loops(std::size_t count) {
    if (count == 0) count = usable_cores();
    for (std::size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<Loop>(i));
}

Loops::~Loops() {
    stop();
}

void Loops::start() {
    for (const auto& loop : loops_) {
        threads_.emplace_back([loop = loop.get()] {
            block_sigpipe();
            loop->run();
        });
        const std::string name = "loop-" + std::to_string(loop->index());
        pthread_setname_np(threads_.back().native_handle(), name.c_str());
    }
}

void Loops::drain(std::chrono::milliseconds window,
                  std::chrono::milliseconds patience,
                  const std::function<void()>& before_force) {
    if (threads_.empty()) return;
    const std::chrono::milliseconds enough(connections() * 1000 / drain_pace);
    window = std::min(window, enough);
    const auto until = std::chrono::steady_clock::now() + window + patience;
    std::vector<std::future<void>> empty;
    for (const auto& loop : loops_) {
        auto promise = std::make_shared<std::promise<void>>();
        empty.push_back(promise->get_future());
        loop->post([loop = loop.get(), window, promise] {
            loop->drain(window, [promise] { promise->set_value(); });
        });
    }
    for (auto& future : empty) future.wait_until(until);
    if (before_force) before_force();
    for (const auto& loop : loops_) loop->post([loop = loop.get()] { loop->abort_members(); });
    for (auto& future : empty) future.wait_for(abort_wait);
}

void Loops::pass(std::function<void()> done) {
    const auto left = std::make_shared<std::atomic<std::size_t>>(loops_.size());
    for (const auto& loop : loops_)
        loop->post([left, done] {
            if (--*left == 0) done();
        });
}

void Loops::stop() {
    for (const auto& loop : loops_) loop->stop();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

Loop& Loops::next() noexcept {
    return **std::ranges::min_element(
        loops_, {}, [](const auto& loop) { return loop->connections(); });
}

std::size_t Loops::connections() const noexcept {
    std::size_t sum = 0;
    for (const auto& loop : loops_) sum += loop->connections();
    return sum;
}

}  // namespace rotacast::net

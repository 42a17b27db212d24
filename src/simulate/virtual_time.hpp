#pragma once

// Virtual time: what shall happen later, in the order of its time and, at one time, of its
// planning.

#include "simulate/dice.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace rotacast::simulate {

using Time = std::chrono::microseconds;  ///< since the beginning of the run

class VirtualTime {
  public:
    using Work = std::function<void()>;

    Time now() const { return now_; }
    std::chrono::milliseconds now_ms() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(now_);
    }

    void after(Time delay, Work work) { at(now_ + delay, std::move(work)); }
    void at(Time time, Work work) {
        plan_.push({std::max(time, now_), ++planned_, std::move(work)});
    }

    /// Does what is planned up to `end`, also what that plans.
    void run_until(Time end) {
        while (!plan_.empty() && plan_.top().time <= end) {
            // top() is const only to protect the order, which does not depend on the work.
            auto work = std::move(const_cast<Planned&>(plan_.top()).work);
            now_ = plan_.top().time;
            plan_.pop();
            work();
        }
        now_ = end;
    }

  private:
    struct Planned {
        Time time;
        std::uint64_t number;
        Work work;

        bool operator<(const Planned& other) const {
            return time != other.time ? time > other.time : number > other.number;
        }
    };

    Time now_{0};
    std::uint64_t planned_ = 0;
    std::priority_queue<Planned> plan_;
};

}  // namespace rotacast::simulate

#pragma once

// Rules that may be replaced while connections are open. Each loop has its own copy, so reading
// them costs nothing; a change reaches the loops by message.

#include "net/loops.hpp"
#include "ws/v1_protocol.hpp"

#include <utility>
#include <vector>

namespace rotacast::live {

class LiveRules {
  public:
    using Rules = ws::v1::Rules;

    LiveRules(net::Loops& loops, const Rules& rules)
        : loops_(loops), by_loop_(loops.size(), rules) {}

    /// Thread: that loop's.
    const Rules& on_loop(const net::Loop& loop) const { return by_loop_[loop.index()]; }

    /// Thread: any. Takes effect on each loop soon.
    void replace(const Rules& rules) {
        for (std::size_t i = 0; i < loops_.size(); ++i)
            loops_[i].post([this, i, rules] { by_loop_[i] = rules; });
    }

  private:
    net::Loops& loops_;
    std::vector<Rules> by_loop_;
};

}  // namespace rotacast::live

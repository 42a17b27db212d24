#pragma once

#include "net/loops.hpp"
#include "net/worker_pool.hpp"

#include <utility>

namespace rotacast::live::for_tests {

/// What blocks is done by the loop itself, so that every step is in the test's hand.
class JobsOnLoop final : public net::JobQueue {
  public:
    explicit JobsOnLoop(net::Loop& loop) : loop_(loop) {}
    bool try_post(Job job) override {
        loop_.post([job = std::move(job)] { job(Turn::run); });
        return true;
    }

  private:
    net::Loop& loop_;
};

}  // namespace rotacast::live::for_tests

#pragma once

#include "net/loops.hpp"
#include "net/worker_pool.hpp"

#include <utility>

namespace rotacast::live::for_tests {

/// Runs blocking jobs on the loop itself, so that the test controls every step.
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

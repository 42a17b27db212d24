#pragma once

// What goes wrong in a run, chosen by its seed.

#include "simulate/people.hpp"
#include "simulate/world.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace rotacast::simulate {

class FaultPlan {
  public:
    /// `redis` makes a process with these data and an identity of its own, the last of
    /// World::redis.
    FaultPlan(World& world, Nodes& nodes, std::function<void(RedisData)> redis)
        : world_(world), nodes_(nodes), new_redis_(std::move(redis)) {}

    /// Plans `count` faults that begin between `begin` and `end`.
    void plan(std::size_t count, Time begin, Time end);
    /// From here on nothing goes wrong any more; all that went wrong is over.
    Time over() const { return over_; }

  private:
    void plan_one(Time at);
    void lose_redis(Time at);
    void fail_over(Time at);
    void bring_back(Time at, std::function<RedisData()> data);
    std::shared_ptr<RedisData> snapshot_before(Time at);
    void until(Time time) { over_ = std::max(over_, time); }
    NodeModel& some_node() { return *nodes_[world_.dice.below(nodes_.size())]; }
    RedisProcess& present() { return *world_.redis.back(); }

    World& world_;
    Nodes& nodes_;
    std::function<void(RedisData)> new_redis_;
    Time over_{0};
};

}  // namespace rotacast::simulate

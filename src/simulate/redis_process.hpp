#pragma once

// A Redis process and the connections to it: what is sent arrives later, in order, or not at all;
// what was sent before a connection was cut may still be carried out, and its answer is lost.

#include "cluster/actions.hpp"
#include "simulate/ledger.hpp"
#include "simulate/redis_model.hpp"
#include "simulate/virtual_time.hpp"

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace rotacast::simulate {

/// Both connections of a node to one process.
struct Link {
    bool open = true;
    bool half_open = false;       ///< swallows everything, and nobody says so
    bool loses_requests = false;  ///< once closed: those that are still under way
    Time last_arrival{0};         ///< of a request, then of an answer: both keep their order
    Time last_return{0};
    std::function<void(cluster::ActionId, cluster::ScriptAnswer)> answered;
    std::function<void(cluster::ActionId, const Error&)> failed;
    std::function<void(cluster::ActionId, StreamRecords)> read;

    using StreamRecords = cluster::StreamRecords;
};
using LinkPtr = std::shared_ptr<Link>;

class RedisProcess {
  public:
    /// Called after every script, with where the stream began before it.
    using Watch =
        std::function<void(const RedisModel&, const cluster::ScriptCall&, Offset first_before)>;

    RedisProcess(VirtualTime& time, Dice& dice, std::string identity, RedisModel model, Watch watch)
        : time_(time),
          dice_(dice),
          identity_(std::move(identity)),
          model_(std::move(model)),
          watch_(std::move(watch)) {}

    const std::string& identity() const { return identity_; }
    bool is_up() const { return up_; }
    const RedisModel& model() const { return model_; }
    RedisModel& model() { return model_; }
    void stop();
    /// Refuses every script for some time, as with READONLY or OOM.
    void refuse_until(Time time) { refuses_until_ = time; }

    void call(const LinkPtr& link, cluster::ActionId id, cluster::ScriptCall call);
    void read(
        const LinkPtr& link, cluster::ActionId id, Offset after, std::size_t limit, Time block);

  private:
    struct Reader {
        LinkPtr link;
        cluster::ActionId id;
        Offset after;
        std::size_t limit;
    };

    void arrive(const LinkPtr& link, VirtualTime::Work work);
    void give_back(const LinkPtr& link, VirtualTime::Work work);
    void serve_readers();
    std::chrono::milliseconds clock() const;

    VirtualTime& time_;
    Dice& dice_;
    std::string identity_;
    RedisModel model_;
    Watch watch_;
    bool up_ = true;
    Time refuses_until_{0};
    std::list<Reader> readers_;
};

}  // namespace rotacast::simulate

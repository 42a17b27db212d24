#pragma once

// A node: the real Ordering, with a disk and connections that are simulated. What the disk was told
// to do is done later and in order; a crash, or a failure of the disk, ends that at any point.

#include "cluster/ordering.hpp"
#include "simulate/replica_model.hpp"
#include "simulate/world.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace rotacast::simulate {

class NodeModel {
  public:
    using Answer = std::function<void(const Result<bus::Receipts>&)>;

    NodeModel(World& world, std::size_t index, cluster::OrderingOptions options);
    NodeModel(const NodeModel&) = delete;
    NodeModel& operator=(const NodeModel&) = delete;

    void start();
    void crash();
    bool is_running() const { return machine_ != nullptr; }
    const std::string& name() const { return name_; }
    const ReplicaModel& replica() const { return replica_; }
    const OutboxModel& outbox() const { return outbox_; }
    cluster::OrderingStatus status() const { return machine_->status(); }

    /// Not answered if the node crashes first. The node must be running.
    void submit(cluster::OrderRequestPtr request, Answer answer);

    // Faults.
    void cut();
    void partition_until(Time time);
    void half_open();
    void fail_disk();
    void slow_disk_until(Time time) { slow_until_ = time; }
    /// Where the next connection goes.
    void find(RedisProcess& redis) { redis_ = &redis; }

  private:
    struct DiskWork {
        std::function<void()> durable;
        std::function<void()> answer;
        std::function<void()> failed;
    };

    template <class Input>
    void input(Input input);
    void tick();
    void connect_soon();
    void connect();
    void close_link();
    void disk(DiskWork work);
    void begin_disk_work();
    void disk_done();

    void act(cluster::SendCall& action);
    void act(cluster::ReadStream& action);
    void act(cluster::Reconnect& action);
    void act(cluster::StoreRecords& action);
    void act(cluster::Adopt& action);
    void act(cluster::BeginAt& action);
    void act(cluster::ReadReplica& action);
    void act(cluster::ReadWitnesses& action);
    void act(cluster::WriteOutbox& action);
    void act(cluster::ReadOutbox& action);
    void act(cluster::RemoveOutbox& action);
    void act(cluster::AnswerPublisher& action);
    void act(cluster::ShowUnordered& action);
    void act(cluster::RowRefused& action);

    World& world_;
    std::string name_;
    cluster::OrderingOptions options_;
    // Durable.
    ReplicaModel replica_;
    OutboxModel outbox_;
    // Lost in a crash.
    std::unique_ptr<cluster::Ordering> machine_;
    std::deque<DiskWork> disk_;
    std::size_t rows_added_ = 0;  // by an Adopt that is not answered
    std::map<cluster::Ticket, Answer> answers_;
    LinkPtr link_;

    std::uint64_t lives_ = 0;  // what was planned in an earlier life does not happen
    cluster::Ticket last_ticket_ = 0;
    std::uint64_t disk_work_ = 0;  // the one under way; another one will not be done
    Time slow_until_{0};
    Time partitioned_until_{0};
    std::int64_t attempts_ = 0;
    bool waits_ = false;              // its last hello was answered so; for the trace
    RedisProcess* redis_ = nullptr;   // where the next connection goes
    RedisProcess* linked_ = nullptr;  // where link_ goes
};

}  // namespace rotacast::simulate

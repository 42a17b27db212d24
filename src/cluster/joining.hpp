#pragma once

// How a node joins the order on a connection: says hello, restores what Redis lost, waits until the
// cluster has settled, takes over the epoch, rewinds its replica.

#include "cluster/shared.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rotacast::cluster {

enum class Stage {
    offline,    ///< no connection
    quiescing,  ///< connected; the replica still stores what came by the former connection
    gathering,  ///< looks up the witnesses for hello
    greeting,   ///< hello is under way
    waiting,    ///< the cluster settles
    restoring,  ///< sends entries that Redis lost
    adopting,   ///< the replica takes over the epoch, or begins anew
    online
};

/// Part of Ordering. It says what is next by stage(): when that is `quiescing`, the owner calls
/// greet() as soon as nothing is being stored in the replica and replica_busy() is false.
class Joining {
  public:
    explicit Joining(Shared& shared) : shared_(shared) {}

    Stage stage() const { return stage_; }
    /// An Adopt or BeginAt is under way; it goes on if the connection is lost.
    bool replica_busy() const { return replica_busy_; }

    void connected(std::string identity);
    void disconnected();
    /// Hello again, on the same connection.
    void start_again();
    void greet();
    void tick();

    /// Whether `id` was a call of this part.
    bool answered(ActionId id, const ScriptAnswer& answer);
    /// Redis did not run the script.
    void call_failed(ActionId id);
    void witnesses_read(ActionId id, std::vector<Witness> witnesses);
    void replica_read(ActionId id, StreamRecords records);
    /// An Adopt or BeginAt is done, or failed and will not be done.
    void replica_changed(ReplicaState state);

  private:
    void gather(std::optional<Offset> besides);
    void say_hello(std::vector<Witness> witnesses);
    void take(const Joined& joined);
    void take(const Restore& restore);
    void take(const Wait& wait);
    void take(const Show& show);
    void begin_or_go_online();
    void read_more();

    Shared& shared_;
    Stage stage_ = Stage::offline;
    bool replica_busy_ = false;
    ActionId pending_ = 0;          // the call or read that the stage waits for
    Milliseconds heard_before_{0};  // Shared::heard before the hello under way
    std::optional<Joined> joined_;
    std::string restore_epoch_;
    Offset restored_ = 0;  // the stream's last entry, as far as we know
    Offset restore_up_to_ = 0;
    Milliseconds greet_at_{0};
};

}  // namespace rotacast::cluster

#pragma once

// What the scripts do in Redis (cluster/script_calls.hpp), in C++: the reference for the scripts
// themselves. No time passes in here, and nothing is lost; who owns it copies it, empties it or
// puts an older copy in its place.

#include "cluster/script_calls.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace rotacast::simulate {

using cluster::Milliseconds;
using cluster::Offset;

/// Defects, for tests that show that the simulator finds them.
struct ScriptFaults {
    bool keeps_the_epoch = false;       ///< also when a node is missing, or forked
    std::size_t stream_length_max = 0;  ///< MAXLEN; 0: none
};

/// The keys. Copying it is what a snapshot and a replica do.
struct RedisData {
    struct Head {
        std::string epoch;
        Offset began = 0;
        Offset first = 1;
        Offset last = 0;
        std::string life;
        std::string settling;  // empty: the cluster does not settle
        Milliseconds since{0};
        Milliseconds moved{0};
        std::optional<Offset> fork;
        Offset reach = 0;
        bool heard = false;
        bool lost = false;
    };
    struct Node {
        Offset position = 0;
        Milliseconds seen{0};
        std::string version = {};
        std::string name = {};
        Milliseconds waits_since{0};  // 0: a member
        Milliseconds heard{0};
    };
    struct EventMemory {
        Offset offset = 0;
        std::string epoch;
        std::string digest;
    };
    struct KeyMemory {
        std::string digest;
        std::string epoch;
        struct Field {
            Offset offset;
            Uuid event_id;
        };
        std::map<std::uint32_t, Field> fields;
    };

    std::optional<Head> head;
    std::deque<cluster::StreamRecord> stream;
    cluster::FormerEpochs epochs;
    std::map<std::string, Node> nodes;
    std::map<std::string, Node> said;
    std::set<std::string> awaited;
    std::unordered_map<Uuid, EventMemory> events;
    std::map<std::string, KeyMemory> keys;  // by "<publisher>:<key>"
    std::map<std::string, Offset> versions;
};

class RedisModel {
  public:
    explicit RedisModel(RedisData data = {}, ScriptFaults faults = {})
        : data_(std::move(data)), faults_(faults) {}

    /// `now`: Redis' TIME.
    cluster::ScriptAnswer run(const cluster::ScriptCall& call, Milliseconds now);

    cluster::HelloAnswer hello(const cluster::HelloCall& call, Milliseconds now);
    cluster::RestoreAnswer restore(const cluster::RestoreCall& call, Milliseconds now);
    cluster::AppendAnswer append(const cluster::AppendCall& call, Milliseconds now);
    cluster::SignAnswer sign(const cluster::SignOfLifeCall& call, Milliseconds now);
    cluster::TrimAnswer trim(const cluster::TrimCall& call, Milliseconds now);

    /// XREAD: entries after `after`, up to `limit`.
    cluster::StreamRecords read(Offset after, std::size_t limit) const;

    const RedisData& data() const { return data_; }
    RedisData& data() { return data_; }

  private:
    using Head = RedisData::Head;

    bool settled_with(const std::string& identity, const std::string& epoch) const;
    const cluster::StreamRecord* at(Offset offset) const;
    bool is_valid(Offset offset, const std::string& epoch, const Uuid& event_id) const;

    // hello
    void look_at_keys();
    void start_to_settle(const cluster::HelloCall& call, Milliseconds now);
    struct Agreement {
        Offset offset = 0;
        bool ambiguous = false;  // an epoch was used for different entries
    };
    Agreement compare(const cluster::HelloCall& call) const;
    Offset agreed(const cluster::HelloCall& call) const { return compare(call).offset; }
    std::optional<Offset> belongs(const cluster::HelloCall& call) const;
    bool is_newer(const cluster::HelloCall& call) const;
    void empty_stream();
    void follow(const cluster::HelloCall& call);
    bool must_show(const cluster::HelloCall& call) const;
    std::optional<cluster::HelloAnswer> while_settling(const cluster::HelloCall& call,
                                                       Milliseconds now);
    std::optional<cluster::HelloAnswer> while_settled(const cluster::HelloCall& call,
                                                      Milliseconds now);
    bool everybody_said() const;
    bool must_wait_for_others(const cluster::HelloCall& call, Milliseconds now);
    void begin_epoch(const cluster::HelloCall& call, std::optional<Offset> fork, Milliseconds now);
    cluster::Joined join(const cluster::HelloCall& call, Milliseconds now);
    std::vector<cluster::NodeSign> signs(Milliseconds now) const;

    // append
    cluster::ItemAnswer append_one(const cluster::AppendItem& item, Milliseconds now);
    RedisData::KeyMemory* remembered(const cluster::OrderRequest& request);
    void add(cluster::StreamRecord record);

    RedisData data_;
    ScriptFaults faults_;
};

}  // namespace rotacast::simulate

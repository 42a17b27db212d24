#pragma once

// One node's part in keeping the facts of the cluster (docs/adr/0058). Every node keeps all facts;
// Redis has a copy in which the nodes find what others changed. The node puts there what changed
// here, and reads what changed there, by numbers of changes on both sides. After Redis may have
// lost something, it puts all that it has, and reads all. Merging twice does no harm.

#include "cluster/script_calls.hpp"
#include "store/fact.hpp"
#include "store/sqlite_facts.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace rotacast::cluster {

struct FactExchangeOptions {
    // Of one call: fields read from the disk, facts read from Redis.
    std::size_t changes_max = 1'024;
    std::size_t facts_max = 256;
    /// Between two calls when there is nothing more to do. Bounds how late a change is seen.
    Milliseconds interval{200};
    /// After the disk failed.
    Milliseconds pause{1'000};
};

/// SqliteFacts::read() -> local_read() or local_failed().
struct ReadFacts {
    std::int64_t after = 0;
    std::size_t changes_max = 0;
};

/// The script exchange_facts.lua -> answered(); if it fails, disconnected().
struct ExchangeFacts {
    std::uint64_t after = 0;
    std::size_t facts_max = 0;
    std::vector<store::Fact> facts;
};

struct ExchangedFacts {
    std::uint64_t number = 0;  ///< of the newest change in Redis
    std::uint64_t up_to = 0;   ///< of the last change among `facts`
    std::vector<store::Fact> facts;
};

/// SqliteFacts::merge() -> merged() or local_failed().
struct MergeFacts {
    std::vector<store::Fact> facts;
};

using FactAction = std::variant<ReadFacts, ExchangeFacts, MergeFacts>;

/// Pure: no disk, no Redis, no clock. Thread: one at a time. At most one action is under way; after
/// every input, take_actions() and carry them out. An input that nobody waits for is ignored.
class FactExchange {
  public:
    explicit FactExchange(FactExchangeOptions options) : options_(options) {}

    /// Time that only goes on, from any beginning.
    void tick(Milliseconds now);
    /// `identity`: of the Redis process and its replication; another one may have lost facts.
    void connected(const std::string& identity);
    void disconnected();

    void local_read(store::FactBatch batch);
    void answered(ExchangedFacts answer);
    void merged();
    void local_failed();

    std::vector<FactAction> take_actions() { return std::exchange(actions_, {}); }

    /// What Redis had when the present connection was made is here, and what was here is there.
    bool caught_up() const { return caught_up_; }

  private:
    enum class Step : std::uint8_t { offline, idle, reading, exchanging, merging };

    void begin();
    void begin_anew();

    const FactExchangeOptions options_;
    std::vector<FactAction> actions_;
    Step step_ = Step::offline;
    bool caught_up_ = false;
    std::string settled_with_;  // the Redis that has all facts of this node
    std::string identity_;
    std::int64_t put_ = 0;    // changes of this node's file that Redis has
    std::uint64_t read_ = 0;  // changes in Redis that this node has
    // of the round under way
    std::int64_t putting_ = 0;
    std::uint64_t reading_ = 0;
    bool more_ = false;
    Milliseconds now_{0};
    Milliseconds next_at_{0};
};

}  // namespace rotacast::cluster

#include "simulate/simulation.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace rotacast::simulate {
namespace {

using std::chrono::seconds;

constexpr Time publishing_ends = seconds(5);
/// After the last fault: the time to notice a half-open connection, to connect, to settle and to
/// drain, with some slack.
constexpr Time progress_within = seconds(6);

constexpr std::array<std::string_view, 6> faults{
    "no_restore",       // what Redis lost is not restored
    "no_epoch_change",  // the epoch stays although entries may be missing
    "maxlen",           // the stream is trimmed by its length
    "answer_early",     // publishers are answered before the replica has stored their events
    "remove_early",     // rows leave the outbox before the replica has stored their events
    "trust_records",    // entries of another epoch are taken for the present one's
};

cluster::OrderingOptions options_for(std::string_view fault) {
    cluster::OrderingOptions options;
    options.version = "simulated";
    options.call_requests_max = 8;
    options.calls_in_flight_max = 4;
    options.read_entries_max = 16;
    options.restore_entries = 8;
    options.outbox_rows = 8;
    options.stream_entries = 20;
    options.read_block = cluster::Milliseconds(500);
    options.call_timeout = cluster::Milliseconds(1'500);
    options.trim_interval = cluster::Milliseconds(500);
    options.faults.restores_nothing = fault == "no_restore";
    options.faults.answers_before_storing = fault == "answer_early";
    options.faults.removes_rows_early = fault == "remove_early";
    options.faults.trusts_every_record = fault == "trust_records";
    return options;
}

ScriptFaults script_faults_for(std::string_view fault) {
    ScriptFaults planted;
    planted.keeps_the_epoch = fault == "no_epoch_change";
    if (fault == "maxlen") planted.stream_length_max = 12;
    return planted;
}

class Simulation {
  public:
    Simulation(std::uint64_t seed, const Settings& settings)
        : world_(seed, settings.tracing),
          script_faults_(script_faults_for(settings.fault)),
          plan_(world_, nodes_, [this](RedisData data) { add_redis(std::move(data)); }) {
        world_.rough = settings.rough;
        add_redis({});
        const auto options = options_for(settings.fault);
        const auto count = world_.dice.one_in(5) ? 2 : world_.dice.one_in(5) ? 4 : 3;
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            nodes_.push_back(std::make_unique<NodeModel>(world_, i, options));
            nodes_.back()->find(*world_.redis.back());
        }
        for (std::size_t i = 0; i < 6; ++i)
            publishers_.push_back(std::make_unique<PublisherModel>(world_, nodes_, i));
        for (std::size_t i = 0; i < 3; ++i)
            readers_.push_back(std::make_unique<ReaderModel>(world_, nodes_, i));
    }

    Outcome run() {
        for (const auto& node : nodes_) {
            const auto late = world_.dice.one_in(6) ? world_.between(0, 3'000) : Time{0};
            world_.time.after(late, [&node = *node] { node.start(); });
        }
        const auto pause = world_.dice.between(200, 1'500);
        for (const auto& publisher : publishers_) publisher->publish(publishing_ends, pause);
        for (const auto& reader : readers_) reader->follow();
        plan_.plan(1 + world_.dice.below(world_.rough ? 12 : 5), Time(300'000), publishing_ends);
        world_.time.run_until(std::max(plan_.over(), publishing_ends));
        wait_for_progress();
        check_end();
        return outcome();
    }

  private:
    void add_redis(RedisData data) {
        const auto identity = "redis " + std::to_string(world_.redis.size() + 1);
        world_.ledger.note(identity, " begins");
        world_.redis.push_back(std::make_unique<RedisProcess>(
            world_.time,
            world_.dice,
            identity,
            RedisModel(std::move(data), script_faults_),
            [this](const RedisModel& redis, const cluster::ScriptCall& call, Offset first) {
                watch(redis, call, first);
            }));
    }

    void watch(const RedisModel& redis, const cluster::ScriptCall& call, Offset first_before) {
        if (!redis.data().head) return;
        const auto& head = *redis.data().head;
        if (head.epoch != epoch_) {
            epoch_ = head.epoch;
            ++epochs_;
            world_.ledger.note("the epoch is ", epoch_, " after ", head.last);
        }
        if (head.first <= first_before || (!std::holds_alternative<cluster::TrimCall>(call) &&
                                           !std::holds_alternative<cluster::AppendCall>(call)))
            return;
        Milliseconds now{0};
        for (const auto& [id, node] : redis.data().nodes) now = std::max(now, node.seen);
        for (const auto& node : nodes_) {
            const auto known = redis.data().nodes.find(node->name());
            if (known == redis.data().nodes.end() || now - known->second.seen >= seconds(4))
                continue;
            if (node->replica().last() + 1 < head.first)
                world_.ledger.violate("the stream is trimmed to ",
                                      head.first,
                                      " though ",
                                      node->name(),
                                      " has stored only ",
                                      node->replica().last());
        }
    }

    bool is_done() const {
        const auto& order = nodes_.front()->replica();
        return std::ranges::all_of(publishers_, [](const auto& one) { return one->is_idle(); }) &&
               std::ranges::all_of(nodes_,
                                   [&](const auto& node) {
                                       return node->is_running() &&
                                              node->status().stage == cluster::Stage::online &&
                                              node->status().outbox_rows == 0 &&
                                              node->outbox().rows.empty() &&
                                              node->replica().last() == order.last() &&
                                              node->replica().epoch() == order.epoch();
                                   }) &&
               std::ranges::all_of(readers_, [&](const auto& one) { return one->has_seen(order); });
    }

    void wait_for_progress() {
        const auto end = world_.time.now() + progress_within;
        while (!is_done() && world_.time.now() < end && !world_.ledger.violation())
            world_.time.run_until(world_.time.now() + Time(200'000));
        if (is_done()) return;
        for (const auto& node : nodes_)
            world_.ledger.note(node->name(),
                               ": stage ",
                               static_cast<int>(node->status().stage),
                               ", ",
                               node->replica().epoch(),
                               '.',
                               node->replica().last(),
                               ", ",
                               node->outbox().rows.size(),
                               " rows (",
                               node->status().outbox_rows,
                               ")");
        world_.ledger.violate("the nodes are not at one, long after the last fault");
    }

    void check_end() {
        if (world_.ledger.violation()) return;
        const auto& longest = **std::ranges::min_element(
            nodes_, {}, [](const auto& node) { return node->replica().first(); });
        const auto& order = longest.replica();
        if (order.first() != 1) world_.ledger.violate("no node has the beginning of the order");
        for (const auto& node : nodes_)
            for (const auto& record : node->replica().entries())
                if (order.at(record.offset)->event_id != record.event_id)
                    world_.ledger.violate(node->name(),
                                          " has another event at ",
                                          record.offset,
                                          " than ",
                                          longest.name());
        for (const auto& reader : readers_) reader->check(order);
        world_.ledger.check_order(order.entries());
    }

    Outcome outcome() const {
        return {.violation = world_.ledger.violation(),
                .trace = world_.ledger.trace(),
                .entries = nodes_.front()->replica().last(),
                .promised = world_.ledger.promised(),
                .epochs = epochs_ - 1};
    }

    World world_;
    ScriptFaults script_faults_;
    Nodes nodes_;
    std::vector<std::unique_ptr<PublisherModel>> publishers_;
    std::vector<std::unique_ptr<ReaderModel>> readers_;
    FaultPlan plan_;
    std::string epoch_;
    std::size_t epochs_ = 0;
};

}  // namespace

std::span<const std::string_view> planted_faults() {
    return faults;
}

Outcome simulate(std::uint64_t seed, const Settings& settings) {
    return Simulation(seed, settings).run();
}

std::optional<std::uint64_t> find_violation(std::uint64_t first,
                                            std::uint64_t count,
                                            const Settings& settings) {
    for (auto seed = first; seed - first < count; ++seed)
        if (simulate(seed, settings).violation) return seed;
    return std::nullopt;
}

}  // namespace rotacast::simulate

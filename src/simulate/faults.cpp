#include "simulate/faults.hpp"

#include <algorithm>

namespace rotacast::simulate {

void FaultPlan::plan(std::size_t count, Time begin, Time end) {
    for (std::size_t i = 0; i < count; ++i)
        plan_one(Time(world_.dice.between(begin.count(), end.count())));
}

void FaultPlan::plan_one(Time at) {
    auto& node = some_node();
    until(at);
    switch (world_.dice.below(11)) {
        case 0:
        case 1:
        case 2: return lose_redis(at);
        case 3:
        case 4: return fail_over(at);
        case 5:
            return world_.time.at(at, [this] {
                world_.ledger.note("Redis is emptied");
                present().model().data() = {};
            });
        case 6: {
            const auto back = at + world_.between(1, 3'000);
            until(back);
            world_.time.at(at, [&node] { node.crash(); });
            return world_.time.at(back, [&node] { node.start(); });
        }
        case 7: {
            const auto back = at + world_.between(1, 4'000);
            until(back);
            return world_.time.at(at, [&node, back] { node.partition_until(back); });
        }
        case 8:
            // Noticed when a call is not answered.
            until(at + Time(5'000'000));
            return world_.time.at(at, [&node] { node.half_open(); });
        case 9: {
            const auto end = at + world_.between(1, 1'500);
            until(end);
            return world_.time.at(at, [this, end] {
                world_.ledger.note("Redis refuses scripts");
                present().refuse_until(end);
            });
        }
        default: {
            const auto end = at + world_.between(100, 2'000);
            until(end);
            return world_.time.at(at, [&node, end, fails = world_.dice.one_in(2)] {
                node.slow_disk_until(end);
                if (fails) node.fail_disk();
            });
        }
    }
}

/// The data as they were some time before `at`.
std::shared_ptr<RedisData> FaultPlan::snapshot_before(Time at) {
    auto snapshot = std::make_shared<RedisData>();
    const auto age = world_.dice.one_in(2) ? world_.between(0, 100) : world_.between(0, 3'000);
    world_.time.at(at - age, [this, snapshot] { *snapshot = present().model().data(); });
    return snapshot;
}

void FaultPlan::bring_back(Time at, std::function<RedisData()> data) {
    until(at);
    world_.time.at(at, [this, data = std::move(data)] {
        if (present().is_up()) return;  // another fault was faster
        new_redis_(data());
        for (const auto& node : nodes_) node->find(present());
    });
}

/// Redis ends and comes back: with its data, without, or with older ones.
void FaultPlan::lose_redis(Time at) {
    const auto kind = world_.dice.below(3);
    const auto snapshot = snapshot_before(at);
    world_.time.at(at, [this, kind, snapshot] {
        if (!present().is_up()) return;
        world_.ledger.note("Redis ends; it will be back with ",
                           kind == 0   ? "its data"
                           : kind == 1 ? "nothing"
                                       : "older data");
        if (kind == 0) *snapshot = present().model().data();
        if (kind == 1) *snapshot = {};
        present().stop();
        for (const auto& node : nodes_)
            world_.time.after(world_.between(0, 40), [&node = *node] { node.cut(); });
    });
    const auto away = world_.dice.one_in(4) ? world_.between(0, 4'000) : world_.between(0, 500);
    bring_back(at + away, [snapshot] { return *snapshot; });
}

/// A replica that lags takes over. The former primary ends, or goes on for nodes that do not know.
void FaultPlan::fail_over(Time at) {
    const auto snapshot = snapshot_before(at);
    const bool splits = world_.dice.one_in(2);
    const auto known = world_.between(0, 1'500);
    until(at + known);
    world_.time.at(at, [this, snapshot, splits, known] {
        if (!present().is_up()) return;
        auto& former = present();
        world_.ledger.note("a replica takes over", splits ? "; both go on" : "");
        new_redis_(*snapshot);
        if (!splits) former.stop();
        for (const auto& node : nodes_) {
            node->find(present());
            const auto when =
                splits ? Time(world_.dice.between(0, known.count())) : world_.between(0, 40);
            world_.time.after(when, [&node = *node] { node.cut(); });
        }
        world_.time.after(known, [&former] { former.stop(); });
    });
}

}  // namespace rotacast::simulate

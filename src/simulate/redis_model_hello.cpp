// The script `hello`. The numbers are those of its description in cluster/script_calls.hpp.

#include "simulate/redis_model.hpp"

#include <algorithm>
#include <cstdio>

namespace rotacast::simulate {

using cluster::FormerEpoch;
using cluster::HelloAnswer;
using cluster::HelloCall;
using cluster::Joined;
using cluster::Restore;
using cluster::Show;
using cluster::Wait;

namespace {

/// The time in the name of an epoch that hello made; 0 for others.
std::int64_t time_in(const std::string& epoch) {
    if (epoch.size() != 18 || epoch[0] != 'r') return 0;
    return std::stoll(epoch.substr(1, 11), nullptr, 16);
}

bool names(const cluster::FormerEpochs& former, const std::string& epoch) {
    return std::ranges::find(former, epoch, &FormerEpoch::epoch) != former.end();
}

}  // namespace

HelloAnswer RedisModel::hello(const HelloCall& call, Milliseconds now) {
    look_at_keys();
    auto& head = *data_.head;
    const bool strange = head.life != call.identity && head.settling != call.identity;
    const bool nothing_yet = head.settling.empty() && head.last == 0 && call.last > 0;
    if (strange || nothing_yet) start_to_settle(call, now);
    const auto early = head.settling.empty() ? while_settled(call, now) : while_settling(call, now);
    return early ? *early : HelloAnswer(join(call, now));
}

/// 1.
void RedisModel::look_at_keys() {
    const bool whole =
        data_.head && (data_.stream.empty() ? data_.head->first == data_.head->last + 1
                                            : data_.stream.front().offset == data_.head->first &&
                                                  data_.stream.back().offset == data_.head->last);
    if (whole) return;
    data_.stream.clear();
    data_.said.clear();
    data_.awaited.clear();
    data_.versions.clear();
    data_.head = RedisData::Head();
}

/// 2.
void RedisModel::start_to_settle(const HelloCall& call, Milliseconds now) {
    auto& head = *data_.head;
    const bool again = !head.settling.empty();
    head.life.clear();
    if (head.last == 0) head.epoch.clear();
    head.settling = call.identity;
    head.since = head.moved = now;
    head.fork.reset();
    head.reach = 0;
    head.heard = false;
    head.lost = head.lost && again;
    if (!again) data_.awaited.clear();
    for (const auto& [id, node] : data_.said) data_.awaited.insert(id);
    data_.said.clear();
    Milliseconds newest{0};
    for (const auto& [id, node] : data_.nodes) newest = std::max(newest, node.seen);
    for (const auto& [id, node] : data_.nodes)
        if (newest - node.seen < call.lease) data_.awaited.insert(id);
}

/// 3.
std::optional<Offset> RedisModel::belongs(const HelloCall& call) const {
    const auto& head = *data_.head;
    if (call.last == 0) return std::nullopt;
    std::optional<Offset> belongs;
    const auto consider = [&](const std::string& epoch, Offset node_shares) {
        std::optional<Offset> shares;
        if (epoch == head.epoch) shares = node_shares;
        for (const auto& former : data_.epochs)
            if (former.epoch == epoch) shares = std::min(former.shared, node_shares);
        if (shares) belongs = std::max(belongs.value_or(0), *shares);
    };
    consider(call.epoch, call.last);
    for (const auto& former : call.former)
        consider(former.epoch, std::min(former.shared, call.last));
    return belongs;
}

RedisModel::Agreement RedisModel::compare(const HelloCall& call) const {
    const auto last = data_.head->last;
    if (call.last == 0 || last == 0) return {};
    auto bound = belongs(call);
    if (bound) bound = std::min(*bound, last);
    std::optional<Offset> good;
    std::optional<Offset> bad;
    for (auto witness = call.witnesses.rbegin(); witness != call.witnesses.rend() && !bad;
         ++witness) {
        const auto* record = at(witness->offset);
        if (!record) continue;
        (record->event_id == witness->event_id ? good : bad) = witness->offset;
    }
    if (bound && (!bad || *bad > *bound)) return {*bound, false};
    return {good.value_or(0), bound && bad};
}

bool RedisModel::is_newer(const HelloCall& call) const {
    const auto& epoch = data_.head->epoch;
    if (epoch.empty()) return true;
    if (call.epoch == epoch) return false;
    if (names(call.former, epoch)) return true;
    return !names(data_.epochs, call.epoch) && call.epoch > epoch;
}

void RedisModel::empty_stream() {
    data_.stream.clear();
    data_.versions.clear();
    data_.head->first = 1;
    data_.head->last = 0;
}

void RedisModel::follow(const HelloCall& call) {
    auto& head = *data_.head;
    if (head.last > agreed(call)) empty_stream();
    head.epoch = call.epoch;
    head.began = call.last;
    head.fork.reset();
    head.reach = 0;
    head.heard = false;
    head.lost = true;
    data_.epochs = call.former;
}

bool RedisModel::must_show(const HelloCall& call) const {
    const auto last = data_.head->last;
    return last > 0 && last >= call.first &&
           std::ranges::find(call.witnesses, last, &cluster::Witness::offset) ==
               call.witnesses.end();
}

/// 4. nullopt: settled.
std::optional<HelloAnswer> RedisModel::while_settling(const HelloCall& call, Milliseconds now) {
    auto& head = *data_.head;
    data_.said[call.node] = {agreed(call), now, call.version, call.name, {}, call.heard};
    data_.awaited.insert(call.known.begin(), call.known.end());
    if (call.last > 0 && is_newer(call)) follow(call);
    // Who heard under another epoch does not know who showed entries under this one.
    head.heard = head.heard || (call.heard.count() > 0 && call.epoch == head.epoch);
    const bool present = call.last > 0 && call.epoch == head.epoch;
    if (call.epoch == head.epoch) head.reach = std::max(head.reach, call.shown);
    const bool time_over = now - head.since >= call.settle;
    const auto up_to = belongs(call);
    if (up_to && *up_to > head.last) {
        if (must_show(call)) return Show{head.last};
        const bool hole = head.last > 0 && call.first > head.last + 1;
        if (hole && (everybody_said() || time_over)) empty_stream();
        const bool another_is_longer = head.last == 0 && *up_to < head.reach && !time_over;
        if (agreed(call) == head.last && !another_is_longer && !(hole && head.last > 0)) {
            head.lost = true;
            return Restore{head.epoch, head.last, *up_to};
        }
    }
    if (const auto common = agreed(call); present && common < std::min(call.last, head.last))
        head.fork = std::min(head.fork.value_or(common), common);
    for (const auto& former : data_.epochs) head.reach = std::max(head.reach, former.shared);
    const bool whole = head.last >= head.reach;
    const bool complete = everybody_said() && whole;
    const bool certain = complete && !head.fork && (head.heard || !head.lost);
    const bool stuck = now - head.moved >= call.settle;
    if (!complete && !(time_over && (whole || stuck))) return Wait{};
    if (!certain || head.epoch.empty()) begin_epoch(call, head.fork, now);
    for (auto& [id, node] : data_.said) {
        node.seen = now;
        data_.nodes[id] = node;
    }
    head.life = call.identity;
    head.settling.clear();
    head.fork.reset();
    data_.said.clear();
    data_.awaited.clear();
    return std::nullopt;
}

bool RedisModel::everybody_said() const {
    return std::ranges::all_of(data_.awaited,
                               [&](const auto& id) { return data_.said.contains(id); });
}

/// 5.
std::optional<HelloAnswer> RedisModel::while_settled(const HelloCall& call, Milliseconds now) {
    auto& head = *data_.head;
    if (call.epoch == head.epoch) {
        if (call.last > head.last && must_show(call)) return Show{head.last};
        const auto common = agreed(call);
        if (common < std::min(call.last, head.last))
            begin_epoch(call, common, now);
        else if (call.last > head.last && call.first <= head.last + 1)
            return Restore{head.epoch, head.last, call.last};
        else if (std::max(call.last, call.shown) > head.last)
            begin_epoch(call, std::nullopt, now);
    }
    if (must_wait_for_others(call, now)) return Wait{};
    return std::nullopt;
}

/// 5, membership.
bool RedisModel::must_wait_for_others(const HelloCall& call, Milliseconds now) {
    auto& node = data_.nodes[call.node];
    const auto is_alive = [&](const RedisData::Node& one) {
        return one.waits_since.count() == 0 && one.seen.count() > 0 && now - one.seen < call.lease;
    };
    if (is_alive(node)) return false;
    const auto since = node.waits_since.count() == 0 ? now : node.waits_since;
    node = {agreed(call), now, call.version, call.name, since, call.heard};
    return std::ranges::any_of(data_.nodes, [&](const auto& other) {
        return other.first != call.node && is_alive(other.second) && other.second.heard <= since;
    });
}

/// 6.
void RedisModel::begin_epoch(const HelloCall& call, std::optional<Offset> fork, Milliseconds now) {
    auto& head = *data_.head;
    if (faults_.keeps_the_epoch && !head.epoch.empty()) return;
    const auto shared = std::min(head.last, fork.value_or(head.last));
    for (auto& former : data_.epochs) former.shared = std::min(former.shared, shared);
    if (!head.epoch.empty()) data_.epochs.insert(data_.epochs.begin(), {head.epoch, shared});
    if (data_.epochs.size() > cluster::former_epochs_max)
        data_.epochs.resize(cluster::former_epochs_max);
    const auto time = std::max({now.count(), time_in(head.epoch) + 1, time_in(call.epoch) + 1});
    char name[24];
    std::snprintf(name, sizeof name, "r%011llx", static_cast<unsigned long long>(time));
    head.epoch = name + call.epoch_suffix;
    head.began = head.last;
}

/// 7.
Joined RedisModel::join(const HelloCall& call, Milliseconds now) {
    const auto& head = *data_.head;
    const auto [common, ambiguous] = compare(call);
    if (ambiguous)
        for (auto& former : data_.epochs) former.shared = std::min(former.shared, common);
    data_.nodes[call.node] = {common, now, call.version, call.name, {}, call.heard};
    std::erase_if(data_.nodes,
                  [&](const auto& one) { return now - one.second.seen >= std::chrono::days(1); });
    return {.epoch = head.epoch,
            .former = data_.epochs,
            .began = head.began,
            .agreed = common,
            .first = head.first,
            .last = head.last,
            .nodes = signs(now),
            .time = now};
}

std::vector<cluster::NodeSign> RedisModel::signs(Milliseconds now) const {
    std::vector<cluster::NodeSign> signs;
    signs.reserve(data_.nodes.size());
    for (const auto& [id, node] : data_.nodes)
        signs.push_back({id,
                         node.name,
                         node.version,
                         node.position,
                         now - node.seen,
                         node.waits_since.count() > 0});
    return signs;
}

}  // namespace rotacast::simulate

#include "cluster/joining.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace rotacast::cluster {
namespace {

/// So many of the newest entries are all shown, which finds the last one in common exactly if fewer
/// were lost; before them, at distances that double.
constexpr Offset witnesses_in_a_row = 16;

std::vector<Offset> witness_offsets(const ReplicaState& replica, std::optional<Offset> besides) {
    std::vector<Offset> offsets;
    const auto add = [&](Offset distance) {
        if (replica.last < replica.first + distance) return false;
        offsets.push_back(replica.last - distance);
        return true;
    };
    for (Offset distance = 0; distance < witnesses_in_a_row && add(distance); ++distance) continue;
    for (Offset distance = witnesses_in_a_row; add(distance); distance *= 2) continue;
    if (besides && *besides >= replica.first && *besides <= replica.last)
        offsets.push_back(*besides);
    std::ranges::sort(offsets, std::greater{});
    const auto same = std::ranges::unique(offsets);
    offsets.erase(same.begin(), same.end());
    return offsets;
}

/// Six hexadecimal digits that depend on the node and the time: two nodes that begin an epoch
/// within the same millisecond must not give it the same name.
std::string suffix_for(const Shared& shared) {
    const auto seed = Uuid::named(
        Uuid{},
        shared.options.node + ' ' + shared.identity + ' ' + std::to_string(shared.now.count()));
    const auto text = to_string(seed);
    return text.substr(0, 6);
}

bool includes(const FormerEpochs& all, const FormerEpochs& some) {
    return std::ranges::all_of(
        some, [&](const FormerEpoch& one) { return std::ranges::find(all, one) != all.end(); });
}

std::vector<std::string> alive(const Shared& shared) {
    std::vector<std::string> ids;
    for (const auto& node : shared.nodes)
        if (node.silent < shared.options.lease && node.id != shared.options.node)
            ids.push_back(node.id);
    return ids;
}

}  // namespace

void Joining::connected(std::string identity) {
    shared_.identity = std::move(identity);
    start_again();
}

void Joining::disconnected() {
    stage_ = Stage::offline;
    pending_ = 0;
    joined_.reset();
}

void Joining::start_again() {
    disconnected();
    stage_ = Stage::quiescing;
}

void Joining::greet() {
    gather(std::nullopt);
}

void Joining::tick() {
    if (stage_ == Stage::waiting && shared_.now >= greet_at_) gather(std::nullopt);
}

void Joining::gather(std::optional<Offset> besides) {
    stage_ = Stage::gathering;
    pending_ = shared_.queue.next_id();
    shared_.queue.add(ReadWitnesses{pending_, witness_offsets(shared_.replica, besides)});
}

void Joining::witnesses_read(ActionId id, std::vector<Witness> witnesses) {
    if (stage_ != Stage::gathering || id != pending_) return;
    stage_ = Stage::greeting;
    const auto& options = shared_.options;
    const auto& replica = shared_.replica;
    pending_ = shared_.send(HelloCall{
        .node = options.node,
        .name = options.name,
        .version = options.version,
        .identity = shared_.identity,
        .epoch = replica.epoch,
        .former = replica.former,
        .first = replica.first,
        .last = replica.last,
        .shown = std::max(replica.shown, replica.last),
        .witnesses = std::move(witnesses),
        .known = alive(shared_),
        .heard = shared_.heard,
        .epoch_suffix = suffix_for(shared_),
        .settle = options.settle,
        .lease = options.lease,
    });
    // Once it has run, the others may settle with this node and go online without it having heard
    // of all of them.
    heard_before_ = std::exchange(shared_.heard, Milliseconds(0));
}

void Joining::call_failed(ActionId id) {
    if (id == pending_ && stage_ == Stage::greeting) shared_.heard = heard_before_;
}

bool Joining::answered(ActionId id, const ScriptAnswer& answer) {
    if (id != pending_) return false;
    if (const auto* hello = std::get_if<HelloAnswer>(&answer); hello && stage_ == Stage::greeting) {
        std::visit([this](const auto& one) { take(one); }, *hello);
    } else if (const auto* restored = std::get_if<RestoreAnswer>(&answer);
               restored && stage_ == Stage::restoring) {
        // Another node may have been faster; hello tells what is left to do.
        if (const auto* up_to = std::get_if<Restored>(restored)) {
            restored_ = up_to->last;
            read_more();
        } else {
            gather(std::nullopt);
        }
    }
    return true;
}

void Joining::take(const Wait& wait) {
    stage_ = Stage::waiting;
    pending_ = 0;
    greet_at_ = shared_.now + wait.pause;
}

void Joining::take(const Show& show) {
    gather(show.offset);
}

void Joining::take(const Restore& restore) {
    if (shared_.options.faults.restores_nothing) return take(Wait{});
    stage_ = Stage::restoring;
    restore_epoch_ = restore.epoch;
    restored_ = restore.last;
    restore_up_to_ = std::min(restore.up_to, shared_.replica.last);
    read_more();
}

/// Reads the next entries that the stream lacks, or says hello if it lacks none.
void Joining::read_more() {
    if (restored_ >= restore_up_to_) return gather(std::nullopt);
    auto after = restored_;
    if (after == 0) {
        const auto window = std::max<Offset>(shared_.options.restore_window, 1);
        after = std::min(shared_.replica.first - 1, restore_up_to_);
        if (restore_up_to_ - after > window) after = restore_up_to_ - window;
    }
    pending_ = shared_.queue.next_id();
    shared_.queue.add(ReadReplica{
        pending_, after, shared_.options.restore_entries, shared_.options.restore_bytes});
}

void Joining::replica_read(ActionId id, StreamRecords records) {
    if (stage_ != Stage::restoring || id != pending_) return;
    std::erase_if(records, [&](const auto& one) { return one.offset > restore_up_to_; });
    // Retention may have removed what was to be restored.
    if (records.empty() || (restored_ > 0 && records.front().offset != restored_ + 1))
        return take(Wait{});
    pending_ =
        shared_.send(RestoreCall{shared_.identity, restore_epoch_, restored_, std::move(records)});
}

void Joining::take(const Joined& joined) {
    auto& replica = shared_.replica;
    shared_.began = joined.began;
    shared_.stream_last = joined.last;
    shared_.nodes = joined.nodes;
    shared_.heard = joined.time;
    pending_ = 0;
    stage_ = Stage::adopting;
    joined_ = joined;
    const bool same = joined.epoch == replica.epoch && includes(replica.former, joined.former);
    if (same && joined.agreed >= replica.last) return begin_or_go_online();
    replica_busy_ = true;
    shared_.queue.add(Adopt{joined.epoch, joined.former, std::min(joined.agreed, replica.last)});
}

void Joining::replica_changed(ReplicaState state) {
    replica_busy_ = false;
    shared_.replica = std::move(state);
    if (stage_ == Stage::adopting) begin_or_go_online();
}

void Joining::begin_or_go_online() {
    const auto first = joined_->first;
    if (first > shared_.replica.last + 1) {
        replica_busy_ = true;
        shared_.queue.add(BeginAt{first});
        return;
    }
    stage_ = Stage::online;
    joined_.reset();
}

}  // namespace rotacast::cluster

#include "cluster/upkeep.hpp"

#include <algorithm>

namespace rotacast::cluster {
namespace {

constexpr Milliseconds first_sign_after{100};

}  // namespace

void Upkeep::begin() {
    running_ = true;
    sign_ = trim_ = 0;
    trimmed_before_ = 0;
    // Others may wait to hear that this node knows of them.
    sign_at_ = shared_.now + std::min(first_sign_after, shared_.options.sign_interval);
    trim_at_ = shared_.now + shared_.options.trim_interval;
}

void Upkeep::stop() {
    running_ = false;
    sign_ = trim_ = 0;
}

SignOfLifeCall Upkeep::sign() const {
    const auto& options = shared_.options;
    return {.identity = shared_.identity,
            .epoch = shared_.replica.epoch,
            .node = options.node,
            .name = options.name,
            .version = options.version,
            .position = shared_.replica.last,
            .heard = shared_.heard};
}

void Upkeep::tick() {
    if (!running_) return;
    const auto& options = shared_.options;
    if (!sign_ && shared_.now >= sign_at_) {
        auto call = sign();
        position_ = call.position;
        sign_at_ = shared_.now + options.sign_interval;
        sign_ = shared_.send(std::move(call));
    }
    if (!trim_ && shared_.now >= trim_at_) {
        const auto& replica = shared_.replica;
        auto before = replica.first;
        if (options.stream_entries > 0 && replica.last + 1 > options.stream_entries)
            before = std::max(before, replica.last + 1 - options.stream_entries);
        trim_at_ = shared_.now + options.trim_interval;
        trim_before_ = before;
        trim_ = shared_.send(TrimCall{shared_.identity, replica.epoch, before, options.lease});
    }
}

void Upkeep::leave() {
    if (!running_) return;
    auto call = sign();
    call.leaving = true;
    running_ = false;
    shared_.send(std::move(call));
}

Upkeep::Taken Upkeep::answered(ActionId id, const ScriptAnswer& answer) {
    if (id == 0 || (id != sign_ && id != trim_)) return Taken::not_mine;
    const bool was_sign = id == sign_;
    (was_sign ? sign_ : trim_) = 0;
    return was_sign ? seen(answer) : trimmed(answer);
}

Upkeep::Taken Upkeep::seen(const ScriptAnswer& answer) {
    const auto* mine = std::get_if<SignAnswer>(&answer);
    const auto* seen = mine ? std::get_if<SignSeen>(mine) : nullptr;
    if (!seen) return Taken::hello_again;
    shared_.stream_last = seen->last;
    shared_.nodes = seen->nodes;
    shared_.heard = seen->time;
    if (std::ranges::any_of(seen->nodes, &NodeSign::waits)) sign_at_ = shared_.now;
    return seen->last < position_ ? Taken::stream_is_shorter : Taken::done;
}

/// One call trims some thousand entries. If events come faster than one such call per interval can
/// follow, the next call comes at once, as long as it helps.
Upkeep::Taken Upkeep::trimmed(const ScriptAnswer& answer) {
    const auto* mine = std::get_if<TrimAnswer>(&answer);
    const auto* trimmed = mine ? std::get_if<Trimmed>(mine) : nullptr;
    if (!trimmed) return Taken::hello_again;
    if (trimmed->first < trim_before_ && trimmed->first > trimmed_before_) trim_at_ = shared_.now;
    trimmed_before_ = trimmed->first;
    return Taken::done;
}

}  // namespace rotacast::cluster

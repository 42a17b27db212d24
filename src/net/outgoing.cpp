#include "net/outgoing.hpp"

#include <array>
#include <new>
#include <string_view>
#include <utility>

namespace rotacast::net {
namespace {

constexpr std::size_t gather_max = 64;
// Writes for one connection before the loop serves others.
constexpr int writes_per_turn_max = 8;
// Frames are collected up to this size.
constexpr std::size_t cork_bytes_max = 32 * 1024;

}  // namespace

Outgoing::Outcome Outgoing::send(hub::Frame frame, hub::FrameKind kind) {
    stats_.frames_out.add();
    const std::size_t size = frame.bytes.size();
    if (corked_ && queue_.bytes() + size >= cork_bytes_max) {
        if (const auto outcome = flush(); outcome != Outcome::ok) return outcome;
    }
    if (!idle() || (corked_ && size < cork_bytes_max)) return enqueue(std::move(frame), kind);
    const IoStep step = stream_.write_some(frame);
    if (step.error) return Outcome::broken;
    stats_.bytes_out.add(step.bytes);
    if (step.bytes < size) {
        // If the rest of a partly sent frame cannot be queued, the connection must end.
        try {
            queue_.push_begun(std::move(frame), kind, step.bytes);
        } catch (const std::bad_alloc&) {
            return Outcome::broken;
        }
        drained_due_ = true;
    }
    if (step.bytes < size || stream_.flushing()) wait_writable();
    return Outcome::ok;
}

Outgoing::Outcome Outgoing::enqueue(hub::Frame frame, hub::FrameKind kind) {
    const auto dropped_before = queue_.dropped_frames();
    const auto outcome = queue_.push(std::move(frame), kind);
    drained_due_ = true;
    stats_.frames_dropped.add(queue_.dropped_frames() - dropped_before);
    return outcome == hub::SendQueue::Outcome::overflow ? Outcome::overflow : Outcome::ok;
}

Outgoing::Outcome Outgoing::flush() {
    if (waiting_) return Outcome::ok;
    if (stream_.flush()) return Outcome::broken;
    std::array<std::string_view, gather_max> pieces;
    for (int turn = 0; turn < writes_per_turn_max && !queue_.empty(); ++turn) {
        const std::size_t count = queue_.gather(pieces);
        const IoStep step = stream_.write_some(std::span(pieces).first(count));
        if (step.error) return Outcome::broken;
        if (step.would_block()) break;
        stats_.bytes_out.add(step.bytes);
        queue_.consume(step.bytes);
    }
    if (!queue_.empty() || stream_.flushing()) wait_writable();
    return Outcome::ok;
}

void Outgoing::wait_writable() {
    if (std::exchange(waiting_, true)) return;
    stream_.wait_writable([this, owner = owner_.keep()](error_code error) {
        waiting_ = false;
        owner->on_writable(error);
    });
}

}  // namespace rotacast::net

#pragma once

// The chain around every handler, in this order; each link is a file of its own.
//
//   recover      on the handler's thread: what it throws is a failed attempt
//   timeout      a handler that is not back in time has failed
//   retry        a failed attempt that has another one left waits for it
//   dead_letter  one that has none is given up, kept and told
//   trace        a line in the log
//
// All but the first run on the dispatcher's thread and are pure, but for the log.

#include "bus/delivery.hpp"
#include "bus/subscription.hpp"

#include <chrono>

namespace rotacast::bus {

/// Calls the handler. Never throws.
Outcome recover(const Handler& handler, const Entry& entry, HandlerContext& context);

/// The moment at which a handler that began at `started` has failed; nullopt: never.
std::optional<std::chrono::steady_clock::time_point> deadline(
    std::chrono::milliseconds timeout, std::chrono::steady_clock::time_point started);
Outcome timed_out(std::chrono::milliseconds timeout);

/// What is said of a handler whose process ended before it did.
Outcome process_ended();

/// Writes the failure down in the delivery, within bounds.
void note_failure(Delivery& delivery, const Failure& failure, Timestamp now);

/// The delivery waits for its next attempt; false if it has none left.
bool retry(Delivery& delivery,
           const Outcome& outcome,
           const RetryPolicy& policy,
           Timestamp now,
           double chance);

void dead_letter(Delivery& delivery);

/// How an attempt ended. Never the event's content, never the failure's message.
void trace(const std::string& subscriber,
           const Entry& entry,
           int attempt,
           const Outcome& outcome,
           std::chrono::microseconds duration,
           DeliveryState state);

}  // namespace rotacast::bus

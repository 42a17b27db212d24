#pragma once

// What becomes of one attempt to deliver an event: the handler runs, its time is limited, a failed
// attempt is retried or becomes a dead letter, and the log gets a line.
//
// recover() runs on the handler's thread. All others run on the dispatcher's thread; they are pure
// functions of their arguments, except that trace() writes to the log.

#include "bus/delivery.hpp"
#include "bus/subscription.hpp"

#include <chrono>

namespace rotacast::bus {

/// Calls the handler. Never throws.
Outcome recover(const Handler& handler, const Entry& entry, HandlerContext& context);

/// The time at which a handler that began at `started` has failed; nullopt: never.
std::optional<std::chrono::steady_clock::time_point> deadline(
    std::chrono::milliseconds timeout, std::chrono::steady_clock::time_point started);
Outcome timed_out(std::chrono::milliseconds timeout);

/// The outcome of an attempt during which the process ended.
Outcome process_ended();

/// Records the failure in the delivery; name and message are cut to their bounds.
void note_failure(Delivery& delivery, const Failure& failure, Timestamp now);

/// Lets the delivery wait for its next attempt. False if no attempt is left. `chance`, in [0, 1),
/// chooses the jitter.
bool retry(Delivery& delivery,
           const Outcome& outcome,
           const RetryPolicy& policy,
           Timestamp now,
           double chance);

void dead_letter(Delivery& delivery);

/// Logs how an attempt ended, without the event's content or the failure's message.
void trace(const std::string& subscriber,
           const Entry& entry,
           int attempt,
           const Outcome& outcome,
           std::chrono::microseconds duration,
           DeliveryState state);

}  // namespace rotacast::bus

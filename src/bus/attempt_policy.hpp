#pragma once

// The rules of one attempt to deliver an event: how the handler is called, when it times out,
// whether a failed attempt is retried or makes a dead letter, and what is logged.
//
// run_handler() runs on the handler's thread. All other functions run on the dispatcher's thread
// and are pure, except that trace() writes to the log.

#include "bus/delivery.hpp"
#include "bus/subscription.hpp"

#include <chrono>

namespace rotacast::bus {

/// Calls the handler and turns an exception into an outcome. Never throws.
Outcome run_handler(const Handler& handler, const Entry& entry, HandlerContext& context);

/// When the attempt of a handler that started at `started` times out; nullopt: never.
std::optional<std::chrono::steady_clock::time_point> deadline(
    std::chrono::milliseconds timeout, std::chrono::steady_clock::time_point started);
Outcome timed_out(std::chrono::milliseconds timeout);

/// The outcome of an attempt that was under way when the process ended.
Outcome process_ended();

/// Records the failure in the delivery; cuts its name and message to their bounds.
void note_failure(Delivery& delivery, const Failure& failure, Timestamp now);

/// Schedules the next attempt by the policy, but not before the outcome's `wait_min`. Returns false
/// if no attempt is left or the failure is permanent. `chance`, in [0, 1), chooses the jitter.
bool retry(Delivery& delivery,
           const Outcome& outcome,
           const RetryPolicy& policy,
           Timestamp now,
           double chance);

/// Makes the delivery a dead letter, which is neither suspect nor part of a replay.
void dead_letter(Delivery& delivery);

/// Logs how an attempt ended, without the event's content or the failure's message.
void trace(const std::string& subscriber,
           const Entry& entry,
           int attempt,
           const Outcome& outcome,
           std::chrono::microseconds duration,
           DeliveryState state);

}  // namespace rotacast::bus

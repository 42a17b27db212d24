#pragma once

// Publishes the events that a subscriber's handlers derived. An attempt with derived events is done
// only when the journal has stored them, so its result waits here for the answer. However often the
// handler runs for an event, its derived events are published once.

#include "bus/serial_executor.hpp"
#include "bus/subscriber_context.hpp"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rotacast::bus {

/// Thread: the dispatcher's. Holds at most as many results as the subscriber has attempts in
/// flight.
class DerivedEventPublisher {
  public:
    /// `context` must outlive it.
    explicit DerivedEventPublisher(const SubscriberContext& context) : context_(context) {}

    /// The journal answers by context.answer.
    void publish(std::int64_t subscriber, const std::string& name, AttemptResult attempted);

    /// Receives the answer for the attempt with that id. Changes nothing until take_answered().
    void answered(std::uint64_t attempt, Result<Receipts> receipts);

    /// Passes on the results whose events were answered since the last call, in that order. A
    /// result whose events were refused is a failure. `take` must not call publish().
    void take_answered(const TakeResult& take);

  private:
    const SubscriberContext& context_;
    std::unordered_map<std::uint64_t, AttemptResult> unanswered_;  // by the attempt's id
    std::vector<std::pair<std::uint64_t, Result<Receipts>>> answers_;
};

}  // namespace rotacast::bus

#pragma once

// Event handlers. A handler is a plain function. It runs on a thread of its subscriber, may block,
// and may run again for the same event, so its external effects must be idempotent. What it does
// through its HandlerContext takes effect exactly once, when its attempt completes.

#include "bus/journal.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::bus {

/// Why an attempt failed. The name appears in logs, both fields in dead letters: no secrets.
struct Failure {
    std::string name;     ///< one word for grouping, e.g. `Timeout`
    std::string message;  ///< for people; cut to failure_message_bytes_max

    bool operator==(const Failure&) const = default;
};

inline constexpr std::size_t failure_name_bytes_max = 128;
inline constexpr std::size_t failure_message_bytes_max = 1024;

enum class Ending : std::uint8_t {
    done,
    failed,     ///< to be retried by the subscriber's policy
    permanent,  ///< a retry would not help
};

/// What a failure means for the subscriber's other deliveries.
enum class Others : std::uint8_t {
    go_on,
    held_back,  ///< none starts before the failed one may be tried again (`wait_min`)
    paused,     ///< the subscriber pauses itself; the failure's message is the reason
};

struct Outcome {
    Ending ending = Ending::done;
    Failure failure = {};
    /// Done without doing anything, so it does not show that the handler works.
    bool skipped = false;
    /// Of a failed attempt: the next one follows this much later or, if the retry policy says so,
    /// still later. The handler bounds it.
    std::chrono::milliseconds wait_min{0};
    Others others = Others::go_on;

    static Outcome done() { return {}; }
    /// For handlers that filter by content: does not end a series of failures, and is not counted
    /// as a probe.
    static Outcome nothing_to_do() { return {Ending::done, {}, true}; }
    static Outcome failed(std::string name, std::string message = "") {
        return {Ending::failed, {std::move(name), std::move(message)}};
    }
    static Outcome permanent(std::string name, std::string message = "") {
        return {Ending::permanent, {std::move(name), std::move(message)}};
    }
};

/// A row of the handler log: unique by handler, event, kind and subject; duplicates are ignored.
struct HandlerLogNote {
    std::string kind;
    std::string subject;
    std::string detail;
};

/// What a handler requests. Takes effect only if its attempt ends as done.
struct Effects {
    std::vector<HandlerLogNote> handler_log;
    std::vector<events::Envelope> derived;
};

/// One attempt. Owned by the handler's thread until the handler returns.
class HandlerContext {
  public:
    HandlerContext(const std::string& subscriber,
                   const Entry& entry,
                   std::string epoch,
                   int attempt,
                   std::stop_token stop)
        : subscriber_(subscriber),
          entry_(entry),
          epoch_(std::move(epoch)),
          attempt_(attempt),
          stop_(std::move(stop)) {}

    const std::string& subscriber() const { return subscriber_; }
    const Entry& entry() const { return entry_; }
    Cursor cursor() const { return {epoch_, {entry_.offset, Position::whole}}; }
    const events::Metadata& metadata() const { return entry_.envelope.metadata; }
    /// Where the event comes from: the trace and the request that it belongs to. Null: unknown.
    const events::ProvenancePtr& provenance() const { return entry_.envelope.provenance; }

    /// Starts at 1. Counts attempts that a crash interrupted.
    int attempt() const { return attempt_; }

    /// Stop is requested when the attempt has timed out or the process ends: return soon, the
    /// result is ignored.
    const std::stop_token& stop() const { return stop_; }

    /// Adds a row to the handler log, stored with the completion. Throws std::length_error beyond
    /// effects_max effects of both kinds together.
    void handler_log(std::string kind, std::string subject, std::string detail = "");

    /// Adds an event to publish; the delivery is done when it is stored. The event inherits the
    /// correlation id and the provenance, and names the present event as its cause. Published once,
    /// however often the handler runs.
    void derive(events::Envelope envelope);
    template <events::Catalogued E>
    void derive(E event) {
        derive(events::wrap(std::move(event)));
    }

    Effects take_effects() { return std::move(effects_); }

    static constexpr std::size_t effects_max = 1000;

  private:
    void check_room() const;

    const std::string& subscriber_;
    const Entry& entry_;
    std::string epoch_;
    int attempt_;
    std::stop_token stop_;
    Effects effects_;
};

using Handler = std::function<Outcome(const Entry&, HandlerContext&)>;

}  // namespace rotacast::bus

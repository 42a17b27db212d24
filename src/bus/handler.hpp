#pragma once

// What hangs on events. A handler is a plain function: it runs on a thread of its subscriber, may
// block, and may be run again for the same event, so whatever it does to the world outside must
// bear that. What it does through its HandlerContext becomes visible once, with its completion.

#include "bus/journal.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::bus {

/// Why an attempt failed. Ends in logs (the name) and dead letters (both): no secrets.
struct Failure {
    std::string name;     ///< one word to group by, e.g. `Timeout`
    std::string message;  ///< for people; cut to failure_message_bytes_max

    bool operator==(const Failure&) const = default;
};

inline constexpr std::size_t failure_name_bytes_max = 128;
inline constexpr std::size_t failure_message_bytes_max = 1024;

enum class Ending : std::uint8_t {
    done,
    failed,     ///< try again as the subscriber's policy says
    permanent,  ///< trying again would not help
};

struct Outcome {
    Ending ending = Ending::done;
    Failure failure = {};
    /// Done because there was nothing to do: that tells nothing of whether its world is well.
    bool skipped = false;

    static Outcome done() { return {}; }
    /// For handlers that choose by content: neither ends a time of failures nor counts as a probe.
    static Outcome nothing_to_do() { return {Ending::done, {}, true}; }
    static Outcome failed(std::string name, std::string message = "") {
        return {Ending::failed, {std::move(name), std::move(message)}};
    }
    static Outcome permanent(std::string name, std::string message = "") {
        return {Ending::permanent, {std::move(name), std::move(message)}};
    }
};

/// A row of the ledger: unique by handler, event, kind and subject; a second one is ignored.
struct LedgerNote {
    std::string kind;
    std::string subject;
    std::string detail;
};

/// What a handler asks for. Nothing of it happens unless its attempt ends as done.
struct Effects {
    std::vector<LedgerNote> ledger;
    std::vector<events::Envelope> derived;
};

/// One attempt. Belongs to the handler's thread, until the handler returns.
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

    /// From 1. Attempts that a crash cut short are among those counted.
    int attempt() const { return attempt_; }

    /// Set when the attempt has timed out or the process ends: come back soon, nobody waits.
    const std::stop_token& stop() const { return stop_; }

    /// A row of the ledger, visible with the completion. At most effects_max of both kinds;
    /// std::length_error beyond.
    void ledger(std::string kind, std::string subject, std::string detail = "");

    /// An event to publish; the delivery is done when it is stored. Carries the correlation id
    /// on, names this event as its cause. Published once, however often the handler runs.
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

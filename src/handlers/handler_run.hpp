#pragma once

// One run of one handler for one event: its queries and its effects. All effects take place
// together when the handler is done (bus::HandlerContext). If a query of recipients fails, the
// attempt fails without any effect.

#include "bus/handler.hpp"
#include "handlers/recipient_resolver.hpp"
#include "projection/roster_projection.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::handlers {

/// What all handlers share.
struct HandlerDependencies {
    RecipientResolver& recipients;
    const projection::RosterProjection& roster;
    bool cache_keys;  ///< whether invalidate() publishes events
};

enum class Priority : std::uint8_t { normal, high, urgent };

std::string_view to_string(Priority priority);

/// Thread: the handler's. Lives as long as the attempt.
class HandlerRun {
  public:
    HandlerRun(HandlerDependencies& dependencies, bus::HandlerContext& context)
        : dependencies_(dependencies), context_(context) {}

    // Recipients. Words are those of wire specification §3.9.
    Audience coordinators();
    Audience program_director();
    Audience persons(std::string word, const std::vector<std::string>& persons);
    /// What earlier events said about the things that this one refers to; null if nothing. Equal in
    /// every run.
    const events::Known* known() const { return context_.entry().known.get(); }
    /// Who has duties now: includes at least all events up to this one. A later run may get another
    /// answer; the effects of the first completed run count.
    const projection::RosterProjection& roster() const { return dependencies_.roster; }

    /// Notifies the users behind the words, except `actor` (as the event names it): nobody is
    /// notified of their own action. Adds a row to the handler log for each word, with the number
    /// of users.
    void tell(Priority priority,
              const std::vector<Audience>& audience,
              const std::string& actor,
              std::string message);

    /// Publishes that cached values under these keys are out of date.
    void invalidate(std::vector<std::string> keys);

    /// Adds a row to the handler log.
    void note(std::string kind, std::string subject, std::string detail);

    bus::Outcome outcome() const { return outcome_; }

  private:
    template <class T>
    T or_fail(Result<T> result);
    void publish_to(Priority priority,
                    const std::vector<Audience>& audience,
                    const std::string& message,
                    std::vector<Uuid> recipients);

    HandlerDependencies& dependencies_;
    bus::HandlerContext& context_;
    bus::Outcome outcome_;
};

}  // namespace rotacast::handlers

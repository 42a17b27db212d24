#pragma once

// One run of one handler on one event: what it may ask, and what it can do. Everything that it does
// becomes visible once, when the handler is done (bus::HandlerContext); the first failure to find
// out whom it concerns makes the attempt fail, and nothing of it happens.

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
    bool cache_keys = true;  ///< whether invalidate() publishes
};

enum class Priority : std::uint8_t { normal, high, urgent };

std::string_view to_string(Priority priority);

/// Thread: the handler's; lives as long as the attempt.
class HandlerRun {
  public:
    HandlerRun(HandlerDependencies& dependencies, bus::HandlerContext& context)
        : dependencies_(dependencies), context_(context) {}

    // Whom. Words as wire specification §3.9 has them.
    Audience coordinators();
    Audience program_director();
    Audience persons(std::string word, const std::vector<std::string>& persons);
    /// What earlier events had said of the things that this one names; null for nothing. Every run
    /// is told the same.
    const events::Known* known() const { return context_.entry().known.get(); }
    /// Who has duties now: at least what everything up to this event said. A run at another time
    /// may be told something else; what the first completed run did, stands.
    const projection::RosterProjection& roster() const { return dependencies_.roster; }

    /// To the users behind the words, except `actor` (as the event names it): nobody is told of
    /// what was his own doing. A row of the handler log for each word says how many were told.
    void tell(Priority priority,
              const std::vector<Audience>& audience,
              const std::string& actor,
              std::string message);

    /// What back ends remember under these keys is old.
    void invalidate(std::vector<std::string> keys);

    /// A row of the handler log.
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

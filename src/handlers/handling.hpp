#pragma once

// One event in the hands of one handler: what it may ask, and what it can do. Everything that it
// does becomes visible once, when the handler is done (bus::HandlerContext); the first failure to
// find out whom it concerns makes the attempt fail, and nothing of it happens.

#include "bus/handler.hpp"
#include "handlers/casebook.hpp"
#include "handlers/people.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::handlers {

/// What all handlers share.
struct Desk {
    People& people;
    Casebook& casebook;
    bool cache_keys = true;  ///< whether invalidate() publishes
};

enum class Priority : std::uint8_t { normal, high, urgent };

std::string_view to_string(Priority priority);

/// Thread: the handler's; lives as long as the attempt.
class Handling {
  public:
    Handling(Desk& desk, bus::HandlerContext& context) : desk_(desk), context_(context) {}

    // Whom. Words as wire specification §3.9 has them.
    Audience coordinators();
    Audience program_director();
    Audience persons(std::string word, const std::vector<std::string>& persons);
    /// What the journal says up to this event.
    const Casebook& casebook();

    /// To the users behind the words, except `actor` (as the event names it): nobody is told of
    /// what was his own doing. A row of the ledger for each word says how many were told.
    void tell(Priority priority,
              const std::vector<Audience>& audience,
              const std::string& actor,
              std::string message);

    /// What back ends remember under these keys is old.
    void invalidate(std::vector<std::string> keys);

    /// A row of the ledger.
    void note(std::string kind, std::string subject, std::string detail);

    bus::Outcome outcome() const { return outcome_; }

  private:
    template <class T>
    T or_fail(Result<T> result);
    void publish_to(Priority priority,
                    const std::vector<Audience>& audience,
                    const std::string& message,
                    std::vector<Uuid> recipients);

    Desk& desk_;
    bus::HandlerContext& context_;
    bus::Outcome outcome_;
};

}  // namespace rotacast::handlers

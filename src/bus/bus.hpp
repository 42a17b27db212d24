#pragma once

// Where every event comes in: stamps it and hands it to the journal. Publishing waits for the
// disk, never for handlers or screens.

#include "bus/journal.hpp"

#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::bus {

/// Who publishes, and what the stamp says where the event itself says nothing.
struct Origin {
    std::string publisher = "embedded";  ///< `user:<uuid>`, `key:<name>`, `embedded`
    std::optional<std::string> user_id;
    std::optional<std::string> correlation_id;
    std::optional<std::string> ip_address;
    std::optional<std::string> user_agent;
};

struct PublishRequest {
    std::vector<events::Envelope> envelopes;
    Origin origin;
    std::optional<std::string> idempotency_key;
    std::string content_digest;
    std::vector<VersionClaim> version_claims = {};
};

/// Thread: any. Outlives nobody: the journal must outlive it.
class Bus {
  public:
    explicit Bus(Journal& journal) : journal_(journal) {}

    /// All of the request's events or none. `done` is called once, after the commit, on the
    /// journal's thread: post from there.
    void publish(PublishRequest request, Journal::Done done);

    /// For programs that embed the server:
    ///
    ///     const auto receipt = bus.publish(events::SwapRequested{…}).get();
    template <events::Catalogued E>
    std::future<Result<Receipt>> publish(E event, Origin origin = {}) {
        return publish_one(events::wrap(std::move(event)), std::move(origin));
    }

  private:
    std::future<Result<Receipt>> publish_one(events::Envelope envelope, Origin origin);

    Journal& journal_;
};

}  // namespace rotacast::bus

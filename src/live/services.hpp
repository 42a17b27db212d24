#pragma once

// What the routes need, assembled once by app/node. All references outlive the loops.

#include "auth/access.hpp"
#include "auth/api_keys.hpp"
#include "auth/authenticator.hpp"
#include "auth/jwt.hpp"
#include "auth/login_limiter.hpp"
#include "auth/password.hpp"
#include "auth/revocations.hpp"
#include "auth/users.hpp"
#include "bus/bus.hpp"
#include "bus/journal.hpp"
#include "bus/bus_admin.hpp"
#include "hub/hub.hpp"
#include "presence/presence_board.hpp"
#include "live/admission.hpp"
#include "live/shutdown_controller.hpp"
#include "live/history.hpp"
#include "live/live_rules.hpp"
#include "live/live_sessions.hpp"
#include "live/open_connections.hpp"
#include "net/loops.hpp"
#include "net/worker_pool.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace rotacast::live {

/// Counts what classic clients are not told, for operators. Any thread, relaxed.
struct ClassicCounters {
    std::array<std::atomic<std::uint64_t>, 5> ignored_commands{};  ///< by ws::Ignored
    std::atomic<std::uint64_t> binary_messages{0};
    std::atomic<std::uint64_t> forbidden_subscriptions{0};
    std::atomic<std::uint64_t> refused_upgrades{0};
    std::atomic<std::uint64_t> ended_sessions{0};  ///< token expired or revoked, user inactive
};

/// Counts refusals by error code. Any thread, relaxed.
class Refusals {
  public:
    void count(ErrorCode code) noexcept {
        by_code_[static_cast<std::size_t>(code) % size].fetch_add(1, std::memory_order_relaxed);
    }
    std::uint64_t of(ErrorCode code) const noexcept {
        return by_code_[static_cast<std::size_t>(code) % size].load(std::memory_order_relaxed);
    }

  private:
    static constexpr std::size_t size = 1024;  // codes are 1000 to 2023
    std::array<std::atomic<std::uint64_t>, size> by_code_{};
};

struct Services {
    net::Loops& loops;
    net::WorkerPool& directory_pool;  ///< for requests to the directory: tokens, keys, users
    net::WorkerPool& password_pool;   ///< for password hashes: far slower; gives way to others
    bus::Bus& bus;
    bus::Journal& journal;
    bus::BusAdmin& bus_admin;
    hub::Hub& hub;
    auth::Users& users;
    auth::Revocations& revocations;
    auth::ApiKeys& api_keys;
    auth::Authenticator& authenticator;
    const auth::TokenIssuer& issuer;
    const auth::TokenVerifier& verifier;
    const auth::Passwords& passwords;
    auth::LoginLimiter& login_limiter;      ///< by address and user name
    auth::LoginLimiter& logins_of_address;  ///< by live::AddressKey
    LiveSessions& live_sessions;
    ClassicCounters& counters;
    Refusals& refusals;
    History& history;
    Admission& admission;
    OpenConnections& open_connections;
    LiveRules& rules;
    presence::PresenceBoard& presence;
    ShutdownController& shutdown;

    std::size_t resume_entries_max = 100'000;
    std::size_t latest_entries_max = 10'000;
    bool refuse_by_http = false;
    std::vector<std::string> allowed_origins;
    std::size_t intake_events_max = 1000;
    std::chrono::seconds access_ttl{900};
};

}  // namespace rotacast::live

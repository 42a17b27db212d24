#pragma once

// Streams of the single connection mode, reserved or open. The token of a reservation proves that
// its holder was admitted.

#include "auth/principal.hpp"
#include "execution/stream.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace rotacast::execution {

/// Thread: any. Memory: at most `waiting_max` unopened reservations, and the open streams.
class StreamReservations {
  public:
    using Clock = std::chrono::steady_clock;

    /// A reservation that is not opened within this time is dropped.
    static constexpr std::chrono::seconds patience{30};
    static constexpr std::size_t waiting_max = 10'000;
    /// Per user, so that nobody can take all of them.
    static constexpr std::size_t waiting_per_user_max = 64;

    /// Returns an unguessable token; nullopt if too many reservations wait to be opened.
    std::optional<std::string> reserve(const auth::Principal& principal, Clock::time_point now);

    enum class Claim : std::uint8_t { granted, unknown, taken };
    struct Claimed {
        Claim claim = Claim::unknown;
        std::optional<auth::Principal> principal = {};
    };
    /// Call when the stream is about to be opened.
    Claimed claim(const std::string& token, Clock::time_point now);
    /// Call when the stream is open on `loop`, or with nullptr when it is closed; then drops its
    /// token.
    void set_handle(const std::string& token, net::Loop& loop, Stream::Handle handle);

    /// Runs `job` on the stream's loop with the stream, or with nullptr if it has closed by then.
    /// Returns false, and runs nothing, if there is no open stream.
    bool on_stream(const std::string& token, std::function<void(Stream*)> job);

  private:
    struct Waiting {
        auth::Principal principal;
        Clock::time_point since;
        bool claimed = false;
    };
    struct Open {
        net::Loop* loop;
        std::weak_ptr<Stream*> stream;
    };

    void forget_old(Clock::time_point now);
    bool full(const Uuid& user) const;

    std::mutex mutex_;
    // By token; each token is in one of them.
    std::unordered_map<std::string, Waiting> waiting_;
    std::unordered_map<std::string, Open> open_;
};

}  // namespace rotacast::execution

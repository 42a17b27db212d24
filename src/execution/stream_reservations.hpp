#pragma once

// Streams of the single connection mode, before they are open and while they are: who holds the
// token of one has been admitted already.

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

/// Thread: any. Memory: bounded by `waiting_max` unopened ones, and the streams.
class StreamReservations {
  public:
    using Clock = std::chrono::steady_clock;

    /// What is not opened in this time is forgotten.
    static constexpr std::chrono::seconds patience{30};
    static constexpr std::size_t waiting_max = 10'000;
    /// Of one user, so that nobody can take all of them.
    static constexpr std::size_t waiting_per_user_max = 64;

    /// A token that nobody can guess; nullopt when too many wait to be opened.
    std::optional<std::string> reserve(const auth::Principal& principal, Clock::time_point now);

    enum class Claim : std::uint8_t { granted, unknown, taken };
    struct Claimed {
        Claim claim = Claim::unknown;
        std::optional<auth::Principal> principal = {};
    };
    /// The stream is about to be opened.
    Claimed claim(const std::string& token, Clock::time_point now);
    /// It is open on `loop`; or closed, by nullptr, and its token is forgotten.
    void set_handle(const std::string& token, net::Loop& loop, Stream::Handle handle);

    /// Runs `job` on the stream's loop with the stream, or nullptr when it has gone by then. False
    /// when there is no open one: nothing is run.
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
    // By their tokens; each is in one of them.
    std::unordered_map<std::string, Waiting> waiting_;
    std::unordered_map<std::string, Open> open_;
};

}  // namespace rotacast::execution

#pragma once

// Keeps a verifier's public keys up to date, from a file or from an issuer's server.

#include "auth/jwt.hpp"
#include "config/authentication.hpp"
#include "http/fetch.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace rotacast::http {

struct KeySetSourceOptions {
    std::string file;  ///< a JWK Set; this or `url` or neither
    std::string url;   ///< the URL of a JWK Set

    std::chrono::milliseconds refresh = std::chrono::seconds(config::Tokens{}.jwks_refresh_s);
    /// The pause after a failure; doubled for each further one, up to `refresh`.
    std::chrono::milliseconds retry{5'000};
    /// The minimum time between refreshes for unknown keys, because anybody can send tokens that
    /// name some.
    std::chrono::milliseconds demand_pause{10'000};
    std::chrono::milliseconds patience{5'000};
};

/// Loads on a worker, where blocking is allowed, one load at a time. If a set cannot be loaded or
/// used, the one before stays in force. Must be stopped, and the pool joined, before it is
/// destroyed. Must outlive the last verify() of its verifier.
class KeySetSource {
  public:
    KeySetSource(boost::asio::thread_pool& workers,
                 auth::TokenVerifier& verifier,
                 KeySetSourceOptions options);

    /// Loads once, on the calling thread, and follows the source from then on; does nothing if
    /// there is no source. Call before the verifier's first verify(). Errors: `config_invalid` if
    /// the options are invalid, or if the file cannot be read or has no usable key; a server that
    /// does not respond is tried again later.
    Result<void> start();
    void stop();

    /// Loads soon, whenever the last load was: for SIGHUP. Any thread.
    void reload();

    /// Loads soon because of an unknown key, at most once per `demand_pause`. Any thread; quick.
    void demand();

    /// The number of failed loads. Any thread.
    std::uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }

  private:
    bool exists() const { return !options_.file.empty() || !options_.url.empty(); }
    Result<void> find_place();
    void arm();
    void refresh();
    Result<void> load();
    Result<std::string> read();
    Result<void> take(Result<std::string> document);
    void tell(const auth::KeySet& set) const;

    auth::TokenVerifier& verifier_;
    KeySetSourceOptions options_;
    Url url_;
    std::string place_;  ///< for display: without password and query
    Fetch fetch_;

    boost::asio::strand<boost::asio::thread_pool::executor_type> strand_;
    boost::asio::steady_timer timer_;
    std::string document_;  ///< in force; used on the strand, as is all below except the atomics
    std::chrono::milliseconds pause_;  ///< until the next load
    std::chrono::milliseconds retry_;  ///< the pause after the next failure

    std::atomic<std::chrono::steady_clock::rep> next_demand_{0};
    std::atomic<std::uint64_t> failures_{0};
    std::atomic<bool> stopped_{false};
};

}  // namespace rotacast::http

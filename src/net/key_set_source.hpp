#pragma once

// Keeps a verifier's public keys fresh, from a file or from an issuer's server.

#include "auth/jwt.hpp"
#include "net/fetch.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace rotacast::net {

struct KeySetSourceOptions {
    std::string file;  ///< a JWK Set; this or `url` or neither
    std::string url;   ///< where one is served

    std::chrono::milliseconds refresh{300'000};
    /// After a failure; doubled for each further one, up to `refresh`.
    std::chrono::milliseconds retry{5'000};
    /// Between two refreshes that unknown keys ask for: anybody can send tokens that name some.
    std::chrono::milliseconds demand_pause{10'000};
    std::chrono::milliseconds patience{5'000};
};

/// Loads on a worker, where blocking is allowed, one load at a time. A set that cannot be had or
/// used leaves the one before it in force. Must be stopped, and the pool joined, before it dies;
/// it outlives the last verify() of its verifier.
class KeySetSource {
  public:
    KeySetSource(boost::asio::thread_pool& workers,
                 auth::TokenVerifier& verifier,
                 KeySetSourceOptions options);

    /// Loads once, on the calling thread, and follows the source from then on; does nothing when
    /// there is none. Before the verifier's first verify(). `config_invalid` when the options do
    /// not fit, or the file cannot be read or holds no key that can be used; a server that does not
    /// answer is asked again later.
    Result<void> start();
    void stop();

    /// Loads soon, whatever was loaded when: for SIGHUP. Any thread.
    void reload();

    /// The same for an unknown key, but at most once per `demand_pause`. Any thread; quick.
    void demand();

    /// Loads that failed so far. Any thread.
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
    HttpUrl url_;
    std::string place_;  ///< for people: no password, no query
    Fetch fetch_;

    boost::asio::strand<boost::asio::thread_pool::executor_type> strand_;
    boost::asio::steady_timer timer_;
    std::string document_;             ///< in force; on the strand, as all below but the atomics
    std::chrono::milliseconds pause_;  ///< until the next load
    std::chrono::milliseconds retry_;  ///< the next pause after a failure

    std::atomic<std::chrono::steady_clock::rep> next_demand_{0};
    std::atomic<std::uint64_t> failures_{0};
    std::atomic<bool> stopped_{false};
};

}  // namespace rotacast::net

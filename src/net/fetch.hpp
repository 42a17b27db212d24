#pragma once

// One small document over HTTP/1.1, with or without TLS. Certificates are verified against the
// system's store (SSL_CERT_FILE names another). No redirects, no proxies, no kept connections.

#include "base/error.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace rotacast::net {

/// Where a document is.
struct FetchAddress {
    bool secure = false;
    std::string host;
    std::string port;
    std::string target;         ///< path and query
    std::string authorization;  ///< from the URL's user and password; never logged
    std::string shown;          ///< the URL without user, password and query, for people
};

/// `http://` or `https://`. Refused with config_invalid; the message does not repeat the URL.
Result<FetchAddress> parse_fetch_url(std::string_view url);

struct FetchLimits {
    std::size_t body_bytes_max = 256 * 1024;
    /// For all of it, from the name's resolution to the last byte.
    std::chrono::milliseconds patience{5'000};
};

/// One thread at a time calls get(); any thread may call cancel().
class Fetch {
  public:
    explicit Fetch(FetchLimits limits) : limits_(limits) {}

    /// Blocks until the body of a 200 has come whole, or its limits are reached. `unavailable`
    /// with a message that names no part of the address.
    Result<std::string> get(const FetchAddress& address);

    /// Ends a running get() at once and makes every later one fail. Destroying this may still wait
    /// for a name server that the system's resolver is asking.
    void cancel();

  private:
    FetchLimits limits_;
    boost::asio::io_context io_{1};
    std::atomic<bool> cancelled_ = false;
};

}  // namespace rotacast::net

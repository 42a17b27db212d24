#pragma once

// Finds the primary by asking the sentinels, and opens connections to it.
//
// The order of the steps is that of redis.io/docs/reference/sentinel-clients: the sentinels in
// turn, the first that answers is asked first from then on, and the server that it named is asked
// for its role before it is used.
//
// Sentinels name addresses. With TLS, the servers' certificates must be for these, unless the
// sentinels have `resolve-hostnames` and `announce-hostnames`.

#include "redis/connection.hpp"
#include "redis/url.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::redis {

/// Where Redis is. A value.
struct Target {
    std::vector<Address> addresses;  ///< the server; with a primary_name, the sentinels
    std::string primary_name = {};
    Credentials sentinel_credentials = {};
    /// Of one sentinel, for connecting and for answering: the machine of a primary that is gone may
    /// have had a sentinel, too.
    std::chrono::milliseconds sentinel_timeout{500};
    /// For the server; its address is filled in.
    ConnectionOptions connection = {};
};

using FoundAddress = boost::system::result<Address, Refusal>;

/// Asks one sentinel. Refusals: those of Connection::open, and `no_primary_known`.
asio::awaitable<FoundAddress> ask_sentinel(ConnectionOptions sentinel, std::string primary_name);

/// Lives on one executor, like its connections, and must outlive the coroutines of open(). At most
/// one open() at a time asks the sentinels best; more are correct.
class Connector {
  public:
    explicit Connector(Target target) : target_(std::move(target)) {}

    /// To the server, or to the primary that the sentinels name now. A refusal of the sentinels
    /// says what each of them said.
    asio::awaitable<Opened> open();

  private:
    asio::awaitable<FoundAddress> find_primary();
    ConnectionOptions sentinel_options(const Address& address) const;
    void ask_first(const Address& address);

    Target target_;
};

}  // namespace rotacast::redis

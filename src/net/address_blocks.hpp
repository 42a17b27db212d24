#pragma once

// Addresses in a configuration: single ones and CIDR blocks (RFC 4632, RFC 4291 §2.3).

#include "base/error.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <string>
#include <vector>

namespace rotacast::net {

/// Immutable. Thread: any.
class AddressBlocks {
  public:
    /// Parses `10.1.0.0/16`, `fd00::/8`, `127.0.0.1`. Errors: `config_invalid`, quoting the text,
    /// for a text that is not an address, a prefix that is too long, or an address with bits set
    /// after its prefix.
    static Result<AddressBlocks> parse(const std::vector<std::string>& texts);

    /// An IPv4 address and the IPv6 address that maps it (RFC 4291 §2.5.5.2) are the same.
    bool contains(const boost::asio::ip::address& address) const;

  private:
    std::vector<boost::asio::ip::network_v6> blocks_;
};

}  // namespace rotacast::net

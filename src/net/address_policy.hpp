#pragma once

// Which addresses a server may be sent to by people who may name URLs, so that none of them
// reaches what only this machine or its network should reach (server-side request forgery).

#include <boost/asio/ip/address.hpp>

namespace rotacast::net {

/// Whether anybody on the internet could have this address: unicast, and in no block that the IANA
/// special-purpose registries (RFC 6890 and its updates) keep for something else. An IPv6 address
/// that carries an IPv4 address (mapped, NAT64, 6to4) is as public as that one.
bool is_public(const boost::asio::ip::address& address);

}  // namespace rotacast::net

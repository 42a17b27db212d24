#pragma once

// Which addresses the server may connect to for people who may name URLs, so that none of them
// reaches what only this machine or its network should reach (server-side request forgery).

#include <boost/asio/ip/address.hpp>

namespace rotacast::net {

/// Whether the address could belong to any host on the internet: unicast, and in no block that the
/// IANA special-purpose registries (RFC 6890 and its updates) reserve. An IPv6 address that
/// contains an IPv4 address (mapped, NAT64, 6to4) is judged by that address.
bool is_public(const boost::asio::ip::address& address);

}  // namespace rotacast::net

#pragma once

// Who sent a request that came through proxies: what these say in Forwarded (RFC 7239), or in
// X-Forwarded-For, -Proto and -Host (ADR 0049). Pure.
//
// Each proxy adds to the end of a list whom it got the request from, so the right end is known to
// be true if the proxy that we talk to is trusted, and each further element if all proxies to the
// right of it are. Whatever is to the left of the first address that is not trusted may be made up
// by that client. So everything is read from the right, and no further than to that address.

#include <boost/asio/ip/address.hpp>

#include "net/address_blocks.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::http {

/// The headers that the proxies write.
enum class ProxyHeaders : std::uint8_t { both, forwarded, x_forwarded };

/// Whose headers count. Immutable. Thread: any.
struct TrustedProxies {
    net::AddressBlocks addresses;  ///< empty: nobody's
    ProxyHeaders headers = ProxyHeaders::both;
};

/// The lines of each header, joined by commas in their order; empty if there is none.
struct ForwardedTexts {
    std::string_view forwarded = {};
    std::string_view x_for = {};
    std::string_view x_proto = {};
    std::string_view x_host = {};
};

/// Elements of a list that are looked at. A real chain has a handful.
inline constexpr std::size_t hops_max = 64;

struct Sender {
    boost::asio::ip::address address;
    std::optional<bool> secure = std::nullopt;  ///< by TLS or not; nullopt: nobody says
    std::string host = {};       ///< what was asked for, as in Host; empty: nobody says
    bool contradictory = false;  ///< the headers contradict each other: none counts
};

/// The sender of a request that came from `peer`, who is not trusted or may be.
///
/// - The address is the first from the right that is not trusted. If all are, the leftmost one.
/// - An element that is malformed, `unknown` or obfuscated (RFC 7239 §6) ends the search: the
///   address to the right of it counts, or `peer`.
/// - Protocol and host are those of the same element. In X-Forwarded-Proto and -Host that is the
///   value at the same place from the right, or the leftmost if there are fewer, which also serves
///   a proxy that sets one value. The text of a host or protocol that is none does not count.
/// - With ProxyHeaders::both, Forwarded goes before the others. But a proxy that writes only one
///   kind passes on what a client wrote in the other. So if X-Forwarded-For is there as well and
///   leads to another address, or if they name different protocols or hosts, then none of them
///   counts, and the sender is `peer`.
Sender sender_of(const boost::asio::ip::address& peer,
                 const TrustedProxies& trusted,
                 const ForwardedTexts& texts);

}  // namespace rotacast::http

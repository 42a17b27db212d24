#pragma once

// Whose page sends a request, and whether its cookies count (cross-site request forgery). Pure.
//
// A browser adds the user's cookies to what any page sends. It also says which page that is: in
// Origin (Fetch standard §3.1: on WebSockets, on requests of scripts to another origin, and on all
// that may change something) and in Sec-Fetch-Site (Fetch Metadata §2.3), which no script can set.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace rotacast::http {

/// The origins whose pages may call this server with the user's credentials, besides its own.
/// Immutable.
class AllowedOrigins {
  public:
    AllowedOrigins() = default;
    /// Those that are no origins (serialized_origin()) are left out; the configuration refuses
    /// them.
    explicit AllowedOrigins(const std::vector<std::string>& origins);

    bool contains(std::string_view origin) const;
    bool empty() const { return origins_.empty(); }

  private:
    std::vector<std::string> origins_;  // serialized, sorted
};

enum class Page : std::uint8_t {
    none,     ///< not a browser, or a browser that says nothing because nothing is at stake
    own,      ///< served by this server
    allowed,  ///< of an AllowedOrigins
    foreign,  ///< any other, also the origin `null`
};

/// `host`: what the browser asked for (RequestContext::host()). `secure`: the request came over
/// TLS. Then a page that did not is not our own.
///
/// A proxy that replaces Host does not make our own page a foreign one if the browser sends
/// Sec-Fetch-Site, as it does over TLS and on localhost.
Page page_of(const Request& request,
             std::string_view host,
             bool secure,
             const AllowedOrigins& allowed);

}  // namespace rotacast::http

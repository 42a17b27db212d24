#pragma once

// Applies to each request what trusted proxies say about its sender (http/forwarded).

#include "http/forwarded.hpp"
#include "http/request_context.hpp"

namespace rotacast::http {

/// Expects the peer of the connection in `remote_address`, and in `secure` whether the connection
/// is TLS; replaces both, and sets `forwarded_host`, by what trusted proxies say.
///
/// Logs once per peer, and about 16 of them at most, that a peer which may be a proxy is not
/// listed, that the headers of a proxy contradict each other, and that it writes only those that do
/// not count.
void identify_sender(RequestContext& context, const TrustedProxies& trusted);

}  // namespace rotacast::http

#pragma once

// Applies to each request what trusted proxies say about its sender (http/forwarded).

#include "http/forwarded.hpp"
#include "http/request_context.hpp"

namespace rotacast::http {

/// Expects the peer of the connection in `remote_address`, and in `secure` whether the connection
/// is TLS; replaces both, and sets `forwarded_host`, by what trusted proxies say.
///
/// Logs once per process, with the peer's address, that a peer which may be a proxy is not listed,
/// and once that the headers of one contradict each other.
void identify_sender(RequestContext& context, const TrustedProxies& trusted);

}  // namespace rotacast::http

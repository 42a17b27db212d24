#pragma once

// HTTP that comes without TLS to a port that speaks TLS. Pure.

#include "http/message.hpp"

namespace rotacast::http {

/// 400, with a sentence that names the address to use instead. Not a redirect: a program would
/// follow it, and so send its key or token in the clear first, each time, and nobody would notice
/// (ADR 0051). Repeats the Host, if it is one, and nothing else of the request: a path may contain
/// a token.
Response use_tls(const Request& request);

}  // namespace rotacast::http

#pragma once

// Origins of web pages as text (URL standard §4.5; Fetch standard §3.1, the header Origin). Pure.

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace rotacast {

/// `text` as browsers send it: scheme, `://`, host, and the port unless it is the scheme's own
/// (80 for http, 443 for https). Other schemes than these are those of packaged apps
/// (`capacitor://localhost`). IPv6 addresses are taken as they are written.
///
/// Errors: `config_invalid` for anything that no browser would send, also `null` and `*`; the
/// sentence says how to write it and repeats nothing that could be a password.
Result<std::string> serialized_origin(std::string_view text);

/// The port that browsers leave out: `:443` for https, `:80` for http, else empty.
std::string_view default_port_of(std::string_view scheme);

}  // namespace rotacast

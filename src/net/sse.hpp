#pragma once

// Server-sent events as text (HTML standard, §9.2.6). Pure.

#include <string>
#include <string_view>

namespace rotacast::net {

/// One record. None of the texts holds a line end. `id`, when not empty, is what a client gives
/// back as Last-Event-ID.
inline void append_sse_record(std::string& out,
                              std::string_view id,
                              std::string_view event,
                              std::string_view data) {
    if (!id.empty()) out.append("id: ").append(id).append("\n");
    out.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
}

/// Keeps proxies and clients from giving up on a quiet stream.
inline constexpr std::string_view sse_comment = ":\n\n";

}  // namespace rotacast::net

#pragma once

// Server-sent events as text (HTML standard, §9.2.6). Pure.

#include <string>
#include <string_view>

namespace rotacast::http {

/// Appends one record. None of the texts may contain a line end. Clients send a non-empty `id` back
/// as Last-Event-ID.
inline void append_sse_record(std::string& out,
                              std::string_view id,
                              std::string_view event,
                              std::string_view data) {
    if (!id.empty()) out.append("id: ").append(id).append("\n");
    out.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
}

/// Sent on a quiet stream, so that proxies and clients do not give up on it.
inline constexpr std::string_view sse_comment = ":\n\n";

}  // namespace rotacast::http

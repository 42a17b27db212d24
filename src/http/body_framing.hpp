#pragma once

// How the body of a response is delimited whose length is not known when it begins (RFC 9112 §6.3).
// Pure.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rotacast::http {

enum class BodyFraming : std::uint8_t {
    until_close,  ///< by the end of the connection, which is all that HTTP/1.0 has
    chunked,      ///< by chunks and a last one (§7.1), so that a body that was cut off is noticed
};

/// `version`: of the request, as in `Request::version()`.
constexpr BodyFraming framing_for(unsigned version) {
    return version >= 11 ? BodyFraming::chunked : BodyFraming::until_close;
}

/// Appends a part of a body as one chunk; returns where `part` begins in `out`. `part` must not be
/// empty, because an empty chunk is the last one.
std::size_t append_chunk(std::string& out, std::string_view part);

/// Appends a part of a body, or nothing if it is empty.
void append_body(std::string& out, BodyFraming framing, std::string_view part);

inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace rotacast::http

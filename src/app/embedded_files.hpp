#pragma once

// The files that the binary carries (see embed.cmake): the demo page at `/`, and GraphiQL.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace rotacast::app {

/// Static lifetime, any thread. `path` is the request's (`/`, `/page.css`); `etag` is a strong
/// validator of the content, with its quotes.
struct EmbeddedFile {
    std::string_view path;
    std::string_view content_type;
    std::string_view body;
    std::string_view etag;
    /// 0: `body` is the content. Else `body` is a gzip of so many bytes.
    std::size_t unpacked_bytes;
};

/// The demo page: what `rotacast demo` and `/` show, until the console takes its place.
std::span<const EmbeddedFile> demo_page_files();

/// GraphiQL and its page. Empty when the build had no npm packages of it.
std::span<const EmbeddedFile> graphiql_files();

/// nullptr when neither has such a file.
const EmbeddedFile* find_embedded_file(std::string_view path);

/// The content, unpacked.
std::string content_of(const EmbeddedFile& file);

/// The Content-Security-Policy of demo_page_files(): own files only, nothing inline, no framing.
inline constexpr std::string_view demo_page_security_policy =
    "default-src 'self'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

/// The Content-Security-Policy of graphiql_files(). Fonts and images are data URLs in GraphiQL's
/// style sheet. The digest allows the one inline style that an open dialog adds to the page.
inline constexpr std::string_view graphiql_security_policy =
    "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "style-src 'self' 'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='; "
    "img-src 'self' data:; font-src data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

}  // namespace rotacast::app

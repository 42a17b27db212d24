#pragma once

// The files of the pages that the binary carries (see page/embed.cmake): the plain one at `/`, and
// GraphiQL.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace rotacast::app {

/// Static lifetime, any thread. `path` is the request's (`/`, `/page.css`); `etag` is a strong
/// validator of the content, with its quotes.
struct PageFile {
    std::string_view path;
    std::string_view content_type;
    std::string_view body;
    std::string_view etag;
    /// 0: `body` is the content. Else `body` is a gzip of so many bytes.
    std::size_t unpacked_bytes;
};

/// Each is there for all.
std::span<const PageFile> page_files();

/// GraphiQL with its page. Empty in a build that had no npm packages to take it from.
std::span<const PageFile> graphiql_files();

/// nullptr when neither has such a file.
const PageFile* find_page_file(std::string_view path);

/// The content, however it is carried.
std::string content_of(const PageFile& file);

/// To be sent with each of page_files(): everything from here, nothing inline, in nobody's frame.
inline constexpr std::string_view page_security_policy =
    "default-src 'self'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

/// To be sent with each of graphiql_files(). GraphiQL's fonts and images stand in its style sheet.
/// The one style that it writes into the page, for as long as a dialog is open, is known by its
/// digest.
inline constexpr std::string_view graphiql_security_policy =
    "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "style-src 'self' 'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='; "
    "img-src 'self' data:; font-src data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

}  // namespace rotacast::app

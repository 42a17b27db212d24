#pragma once

// The files of the plain page at `/`, carried inside the binary (see page/embed.cmake).

#include <span>
#include <string_view>

namespace rotacast::app {

/// Static lifetime, any thread. `path` is the request's (`/`, `/page.css`); `etag` is a strong
/// validator with its quotes.
struct PageFile {
    std::string_view path;
    std::string_view content_type;
    std::string_view body;
    std::string_view etag;
};

std::span<const PageFile> page_files();

/// nullptr when there is no such file.
const PageFile* find_page_file(std::string_view path);

/// To be sent with each of them: everything from here, nothing inline, in nobody's frame.
inline constexpr std::string_view page_security_policy =
    "default-src 'self'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

}  // namespace rotacast::app

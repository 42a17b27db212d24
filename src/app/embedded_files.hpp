#pragma once

// The files embedded in the binary (see embed.cmake): the demo page at `/`, GraphiQL, the contract
// and the page that shows it.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace rotacast::app {

/// Static lifetime, any thread. `path` is the request's (`/`, `/page.css`); `etag` is a strong
/// validator of the content, including its quotes.
struct EmbeddedFile {
    std::string_view path;
    std::string_view content_type;
    std::string_view body;
    std::string_view etag;
    /// 0: `body` is the content. Otherwise `body` is a gzip of a content of this size, in bytes.
    std::size_t unpacked_bytes;
};

/// The demo page, which `rotacast demo` opens and `/` serves until the console replaces it.
std::span<const EmbeddedFile> demo_page_files();

/// GraphiQL and its page. Empty if its npm packages were missing at build time.
std::span<const EmbeddedFile> graphiql_files();

/// The documents of contract/, at `/openapi.json` and the like.
std::span<const EmbeddedFile> contract_files();

/// Swagger UI and the page of the contract. Empty if its npm package was missing at build time.
std::span<const EmbeddedFile> docs_page_files();

/// nullptr if there is no such file.
const EmbeddedFile* find_embedded_file(std::string_view path);

/// The uncompressed content.
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

/// The Content-Security-Policy of contract_files(): text, nothing to be executed.
inline constexpr std::string_view contract_security_policy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The Content-Security-Policy of docs_page_files(). Images are data URLs in Swagger UI's style
/// sheet.
inline constexpr std::string_view docs_page_security_policy =
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

}  // namespace rotacast::app

#include "http/request_context.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "http/content_encoding.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::http {
namespace {

/// What browsers leave as it is in a query (URL standard, "query percent-encode set") although RFC
/// 3986 §3.4 has it encoded: `?query={viewer{role}}`, typed into the address bar.
constexpr std::string_view left_by_browsers = "[]\\^`{|}";

// boost::urls::encode() would encode `%` again, which is sent for everything else.
std::string with_encoded_query(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto query = std::min(text.find('?'), text.size());
    std::string encoded(text.substr(0, query));
    for (const char c : text.substr(query)) {
        if (left_by_browsers.find(c) == std::string_view::npos) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
    return encoded;
}

}  // namespace

std::optional<Target> Target::parse(std::string_view text) {
    const auto encoded = with_encoded_query(text);
    const auto url = text.starts_with('/') ? boost::urls::parse_origin_form(encoded)
                                           : boost::urls::parse_absolute_uri(encoded);
    if (!url) return std::nullopt;
    Target target;
    target.path = std::string(url->encoded_path());
    if (target.path.empty()) target.path = "/";
    if (target.path.size() > 1 && target.path.ends_with('/')) target.path.pop_back();
    for (const auto& param : url->params()) target.query.emplace_back(param.key, param.value);
    return target;
}

std::optional<std::string_view> RequestContext::query(std::string_view name) const {
    const auto found = std::ranges::find(target.query, name, [](const auto& p) { return p.first; });
    if (found == target.query.end()) return std::nullopt;
    return found->second;
}

std::optional<std::string_view> RequestContext::header(std::string_view name) const {
    const auto found = request.find(name);
    if (found == request.end()) return std::nullopt;
    return std::string_view(found->value());
}

std::optional<std::string_view> RequestContext::header(http::field field) const {
    const auto found = request.find(field);
    if (found == request.end()) return std::nullopt;
    return std::string_view(found->value());
}

std::string_view RequestContext::host() const {
    return forwarded_host.empty() ? std::string_view(request[http::field::host]) : forwarded_host;
}

std::string RequestContext::joined_header(http::field field, std::string_view separator) const {
    return joined_lines(request, field, separator);
}

std::string RequestContext::joined_header(std::string_view name, std::string_view separator) const {
    return joined_lines(request, name, separator);
}

asio::awaitable<std::optional<Response>> RequestContext::read_body(std::uint64_t bytes_max) {
    auto refused = check_content_encoding(request);
    if (refused) co_return refused;
    auto* source = std::exchange(body_source, nullptr);
    if (source != nullptr) {
        refused = co_await source->read_body(request, bytes_max);
        if (refused) co_return refused;
    }
    refused = decode_content(request, std::min(bytes_max, body_bytes_max));
    if (refused && refused->result() == http::status::payload_too_large)
        loop.http_stats().count_refusal(refused->result_int());
    co_return refused;
}

}  // namespace rotacast::http

#include "http/request_context.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <utility>

namespace rotacast::http {

std::optional<Target> Target::parse(std::string_view text) {
    const auto url = text.starts_with('/') ? boost::urls::parse_origin_form(text)
                                           : boost::urls::parse_absolute_uri(text);
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

std::string RequestContext::joined_header(http::field field, std::string_view separator) const {
    std::string joined;
    const auto [first, last] = request.equal_range(field);
    for (auto line = first; line != last; ++line) {
        if (!joined.empty()) joined += separator;
        joined += line->value();
    }
    return joined;
}

asio::awaitable<std::optional<Response>> RequestContext::read_body(std::uint64_t bytes_max) {
    auto* source = std::exchange(body_source, nullptr);
    if (source == nullptr) co_return std::nullopt;
    auto refused = co_await source->read_body(request, bytes_max);
    co_return refused;
}

}  // namespace rotacast::http

#include "api/cloud_event_request.hpp"

#include "net/utf8.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/url/decode_view.hpp>
#include <boost/url/pct_string_view.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rotacast::api {
namespace {

using boost::beast::iequals;

constexpr std::string_view attribute_prefix = "ce-";
constexpr std::string_view media_type_prefix = "application/cloudevents";

bool has_attribute(const http::Request& request) {
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{"ce-specversion", "ce-id", "ce-source", "ce-type"},
        [&](std::string_view name) { return request.find(name) != request.end(); });
}

/// RFC 9110 §5.6.4, which early versions of the binding used.
std::string without_quotes(std::string_view text) {
    if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return std::string(text);
    text = text.substr(1, text.size() - 2);
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        out += text[i];
    }
    return out;
}

std::optional<std::string> attribute_value(std::string_view header) {
    const auto text = without_quotes(header);
    const auto encoded = boost::urls::make_pct_string_view(text);
    if (!encoded) return std::nullopt;
    const boost::urls::decode_view view(*encoded);
    std::string value(view.begin(), view.end());
    if (!net::is_valid_utf8(value)) return std::nullopt;
    return value;
}

}  // namespace

Result<CloudEventForm> cloud_event_form(const http::Request& request) {
    const auto type = http::media_type_of(request);
    if (iequals(type, "application/cloudevents+json")) return CloudEventForm::structured;
    if (iequals(type, "application/cloudevents-batch+json")) return CloudEventForm::batch;
    if (iequals(type.substr(0, media_type_prefix.size()), media_type_prefix))
        return Error{ErrorCode::unsupported_media_type,
                     "CloudEvents are taken in JSON: application/cloudevents+json or "
                     "application/cloudevents-batch+json.",
                     ""};
    return has_attribute(request) ? CloudEventForm::binary : CloudEventForm::none;
}

Result<boost::json::object> cloud_event_attributes(const http::Request& request) {
    boost::json::object attributes;
    for (const auto& line : request) {
        const std::string_view header = line.name_string();
        if (!iequals(header.substr(0, attribute_prefix.size()), attribute_prefix)) continue;
        std::string name(header.substr(attribute_prefix.size()));
        for (char& c : name)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
        auto value = attribute_value(line.value());
        if (!value)
            return Error{
                ErrorCode::invalid_field, "This header takes percent-encoded UTF-8.", '/' + name};
        if (!attributes.emplace(name, std::move(*value)).second)
            return Error{ErrorCode::invalid_field, "Send each attribute once.", '/' + name};
    }
    if (const auto type = request.find(http::field::content_type); type != request.end())
        attributes["datacontenttype"] = std::string_view(type->value());
    return attributes;
}

}  // namespace rotacast::api

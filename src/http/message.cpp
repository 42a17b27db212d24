#include "http/message.hpp"

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/serializer.hpp>

#include "base/uuid.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace rotacast::http {
namespace {

constexpr std::size_t request_id_size_max = 128;

bool harmless(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

template <class Lines>
std::string joined(const Lines& lines, std::string_view separator) {
    std::string text;
    for (auto line = lines.first; line != lines.second; ++line) {
        if (!text.empty()) text += separator;
        text += line->value();
    }
    return text;
}

void set_default(Response& response, http::field field, std::string_view value) {
    if (response.find(field) == response.end()) response.set(field, value);
}

void set_default(Response& response, std::string_view field, std::string_view value) {
    if (response.find(field) == response.end()) response.set(field, value);
}

/// RFC 9110 §5.6.7. Formatted once per second and thread.
std::string_view http_date() {
    thread_local std::time_t formatted_for = 0;
    thread_local std::array<char, 32> text{};
    const std::time_t now = std::time(nullptr);
    if (now != formatted_for) {
        std::tm parts{};
        gmtime_r(&now, &parts);
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        formatted_for = now;
    }
    return text.data();
}

}  // namespace

Response content_response(http::status status, std::string_view content_type, std::string body) {
    Response response{status, 11};
    response.set(http::field::content_type, content_type);
    response.body() = std::move(body);
    return response;
}

Response json_response(http::status status, std::string body) {
    return content_response(status, "application/json", std::move(body));
}

Response error_response(const Error& error, std::chrono::seconds retry_after) {
    const auto status = static_cast<http::status>(info(error.code).http_status);
    auto response = json_response(status, to_json(error));
    response.error = error;
    if (status == http::status::unauthorized) {
        response.set(http::field::www_authenticate, "Bearer");
    }
    if (status == http::status::too_many_requests || status == http::status::service_unavailable) {
        response.set(http::field::retry_after, std::to_string(retry_after.count()));
    }
    return response;
}

Response body_too_large(std::uint64_t bytes_max) {
    return error_response(
        {ErrorCode::too_large, "The body exceeds " + std::to_string(bytes_max) + " bytes.", ""});
}

Response refusal(http::status status, std::string message) {
    auto response = error_response({ErrorCode::bad_request, std::move(message), ""});
    response.result(status);
    return response;
}

void complete_response(Response& response,
                       unsigned version,
                       bool keep_alive,
                       std::string_view request_id) {
    response.version(version);
    response.keep_alive(keep_alive);
    set_default(response, http::field::date, http_date());
    set_default(response, http::field::server, "rotacast");
    set_default(response, "X-Request-ID", request_id);
    set_default(response, "X-Content-Type-Options", "nosniff");
    set_default(response, "X-Frame-Options", "DENY");
    set_default(response, "Referrer-Policy", "no-referrer");
    set_default(response, http::field::cache_control, "no-store");
    if (response.result() != http::status::switching_protocols) response.prepare_payload();
    // RFC 9110 §8.6: with 204 there must be none, and 304 would have to have that of the 200.
    if (response.result() == http::status::no_content ||
        response.result() == http::status::not_modified)
        response.content_length(boost::none);
}

void delimit(Response& response, BodyFraming framing) {
    response.content_length(boost::none);
    if (framing == BodyFraming::chunked) response.chunked(true);
}

std::string serialize(Response& response, bool head_only) {
    beast::http::response_serializer<beast::http::string_body> serializer{response};
    serializer.split(head_only);
    std::string out;
    boost::system::error_code error;
    while (!(head_only ? serializer.is_header_done() : serializer.is_done())) {
        std::size_t taken = 0;
        serializer.next(error, [&](boost::system::error_code&, const auto& buffers) {
            for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
                out.append(static_cast<const char*>(buffer.data()), buffer.size());
                taken += buffer.size();
            }
        });
        if (error) break;
        serializer.consume(taken);
    }
    return out;
}

std::string joined_lines(const beast::http::fields& headers,
                         field name,
                         std::string_view separator) {
    return joined(headers.equal_range(name), separator);
}

std::string joined_lines(const beast::http::fields& headers,
                         std::string_view name,
                         std::string_view separator) {
    return joined(headers.equal_range(name), separator);
}

std::string_view media_type_of(const Request& request) {
    const std::string_view type = request[field::content_type];
    const auto bare = type.substr(0, type.find(';'));
    return bare.substr(0, bare.find_last_not_of(" \t") + 1);
}

bool came_through_proxy(const Request& request) {
    constexpr std::string_view forwarded = "X-Forwarded-";
    return std::ranges::any_of(request, [&](const auto& line) {
        return line.name() == field::via || line.name() == field::forwarded ||
               boost::beast::iequals(line.name_string().substr(0, forwarded.size()), forwarded);
    });
}

std::optional<std::string_view> sent_request_id(const Request& request) {
    const auto field = request.find("X-Request-ID");
    if (field == request.end()) return std::nullopt;
    const std::string_view sent = field->value();
    const bool usable = !sent.empty() && sent.size() <= request_id_size_max;
    if (!usable || !std::ranges::all_of(sent, harmless)) return std::nullopt;
    return sent;
}

std::string request_id(const Request& request) {
    if (const auto sent = sent_request_id(request)) return std::string(*sent);
    return to_string(Uuid::random());
}

}  // namespace rotacast::http

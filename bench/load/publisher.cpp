#include "load/publisher.hpp"

#include <array>
#include <cctype>
#include <cerrno>
#include <optional>
#include <stdexcept>

namespace rotacast::bench {

namespace {

constexpr std::string_view author = "77777777-7777-4777-8777-777777777777";

std::string client_event(std::string_view schedule_id, std::string_view padding) {
    std::string event =
        R"({"event_type":"schedule_updated","timestamp":"2025-12-30T14:23:45.123Z","schedule_id":")";
    event.append(schedule_id).append(R"(","academic_year_id":null,"user_id":")").append(author);
    event.append(R"(","update_type":"modified","affected_blocks_count":0,"message":")");
    return event.append(padding).append("\"}");
}

std::string request_with(std::string_view target, std::string_view headers, std::string_view body) {
    std::string request = "POST ";
    request.append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n").append(headers);
    request.append("Content-Type: application/json\r\nContent-Length: ");
    return request.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

/// The value of Content-Length in a complete header; nullopt if it has none.
std::optional<std::size_t> content_length(std::string_view header) {
    std::string lower(header);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto at = lower.find("\r\ncontent-length:");
    if (at == std::string::npos) return std::nullopt;
    return std::stoul(lower.substr(at + 17));
}

/// Size of the complete response at the start of `bytes`; nullopt while its header is incomplete.
std::optional<std::size_t> answer_size(std::string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const auto length = content_length(bytes.substr(0, end));
    if (!length) throw std::runtime_error("an answer came without Content-Length");
    return end + 4 + *length;
}

}  // namespace

std::string domain_event(std::string_view schedule_id, std::string_view message) {
    std::string event = R"({"event_type":"ScheduleUpdated","schedule_id":")";
    event.append(schedule_id).append(R"(","updated_by":")").append(author);
    return event.append(R"(","changes":{},"reason":")").append(message).append("\"}");
}

std::string intake_request(const Options& options,
                           std::string_view idempotency_key,
                           std::string_view body) {
    std::string headers = "X-API-Key: " + options.api_key + "\r\n";
    if (!idempotency_key.empty()) {
        headers.append("Idempotency-Key: ").append(idempotency_key).append("\r\n");
    }
    return request_with("/api/v1/events", headers, body);
}

std::string publish_request(const Options& options,
                            std::string_view schedule_id,
                            std::size_t burst,
                            std::size_t padding) {
    const std::string filler(padding, 'x');
    if (options.target == Target::peer) {
        return request_with(
            "/publish?burst=" + std::to_string(burst), "", client_event(schedule_id, filler));
    }
    const std::string event = domain_event(schedule_id, filler);
    std::string body = "[";
    for (std::size_t i = 0; i < burst; ++i) body.append(i == 0 ? "" : ",").append(event);
    return intake_request(options, "", body + "]");
}

Publisher::Publisher(std::uint16_t port, Tls tls) : channel_({.port = port, .tls = tls}) {
    set_nonblocking(fd());
}

void Publisher::start(std::string_view request) {
    answer_.clear();
    busy_ = true;
    channel_.send(request);
}

void Publisher::on_readable() {
    std::array<char, 65536> buffer{};
    const ssize_t got = channel_.receive(buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) fail_errno("publish");
    if (got == 0) throw std::runtime_error("the server ended the publisher's connection");

    answer_.append(buffer.data(), static_cast<std::size_t>(got));
    const auto size = answer_size(answer_);
    if (!size || answer_.size() < *size) return;
    busy_ = false;
    if (!answer_.starts_with("HTTP/1.1 2")) {
        throw std::runtime_error("publish refused: " + answer_.substr(0, 600));
    }
}

}  // namespace rotacast::bench

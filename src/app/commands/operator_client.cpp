#include "app/commands/operator_client.hpp"

#include "app/commands/refusal.hpp"

#include <CLI/App.hpp>

namespace rotacast::app {
namespace {

bool is_unreserved(char c) {  // RFC 3986 §2.3
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
}

}  // namespace

std::shared_ptr<OperatorFlags> OperatorFlags::add(CLI::App& app, std::string_view whose) {
    auto flags = std::make_shared<OperatorFlags>();
    flags->declare_with_token(app, whose);
    app.add_flag("--json", flags->json, "Print the server's answer unchanged");
    return flags;
}

Result<OperatorClient> OperatorClient::open(const OperatorFlags& flags) {
    auto server = ServerClient::open(flags);
    if (!server) return server.error();
    return OperatorClient(std::move(*server));
}

Result<OperatorAnswer> OperatorClient::get(std::string_view path) const {
    return send(http::verb::get, path, "");
}

Result<OperatorAnswer> OperatorClient::post(std::string_view path,
                                            const reflect::json::object& body) const {
    return send(http::verb::post, path, reflect::to_json_text(body));
}

Result<OperatorAnswer> OperatorClient::patch(std::string_view path,
                                             const reflect::json::object& body) const {
    return send(http::verb::patch, path, reflect::to_json_text(body));
}

Result<OperatorAnswer> OperatorClient::remove(std::string_view path) const {
    return send(http::verb::delete_, path, "");
}

Result<OperatorAnswer> OperatorClient::send(http::verb method,
                                            std::string_view path,
                                            std::string body) const {
    auto response =
        server_.send(method, "/api/v1" + std::string(path), {}, std::move(body), timeout_);
    if (!response) return response.error();
    if (response->status < 200 || response->status > 299)
        return Error{ErrorCode::bad_request, refusal_text(response->status, response->body), ""};
    auto value = reflect::parse_json(response->body);
    if (!value || !value->is_object())
        return Error{
            ErrorCode::bad_json, server_.shown() + " answers something else; is it Rotacast?", ""};
    return OperatorAnswer{std::move(response->body), std::move(*value)};
}

std::string path_segment(std::string_view text) {
    std::string out;
    append_encoded(out, text);
    return out;
}

std::string with_query(std::string path,
                       const std::vector<std::pair<std::string_view, std::string>>& parameters) {
    char separator = '?';
    for (const auto& [name, value] : parameters) {
        if (value.empty()) continue;
        path += separator;
        path += name;
        path += '=';
        append_encoded(path, value);
        separator = '&';
    }
    return path;
}

}  // namespace rotacast::app

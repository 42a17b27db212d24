#include "http/problem.hpp"

#include "base/json_text.hpp"
#include "http/accept.hpp"

#include <algorithm>
#include <cctype>

namespace rotacast::http {
namespace {

/// `token_expired` as a title: the same for each occurrence (RFC 9457 §3.1.3).
std::string title_of(std::string_view name) {
    std::string title(name);
    std::ranges::replace(title, '_', ' ');
    title.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(title.front())));
    return title;
}

bool asks_for_problems(const beast::http::fields& request) {
    const auto accept = joined_lines(request, field::accept, ",");
    return names(accept, problem_type) &&
           quality_of(accept, problem_type) >= quality_of(accept, "application/json");
}

}  // namespace

std::string problem_json(const Error& error, unsigned status, std::string_view instance) {
    const auto name = info(error.code).name;
    std::string out = R"({"type":)";
    append_json_string(out, "urn:rotacast:error:" + std::string(name));
    out += R"(,"title":)";
    append_json_string(out, title_of(name));
    out += R"(,"status":)" + std::to_string(status);
    out += R"(,"detail":)";
    append_json_string(out, message_of(error));
    out += R"(,"instance":)";
    append_json_string(out, instance);
    out += R"(,"code":)" + std::to_string(static_cast<int>(error.code));
    out += R"(,"name":)";
    append_json_string(out, name);
    out += R"(,"path":)";
    append_json_string(out, error.path);
    append_others(out, error);
    return out + '}';
}

void present_error(Response& response,
                   const beast::http::fields& request,
                   std::string_view path,
                   std::string_view request_id) {
    if (!response.error || !asks_for_problems(request)) return;
    // A relative reference with the whole path, as RFC 9457 §3.1.5 recommends.
    const auto instance = std::string(path) + '#' + std::string(request_id);
    response.set("X-Request-ID", request_id);
    response.set(field::content_type, problem_type);
    response.body() = problem_json(*response.error, response.result_int(), instance);
}

}  // namespace rotacast::http

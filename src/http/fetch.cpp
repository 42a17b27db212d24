#include "http/fetch.hpp"

#include <utility>

namespace rotacast::http {
namespace {

ClientOptions options_of(const FetchLimits& limits) {
    ClientOptions options;
    options.body_bytes_max = limits.body_bytes_max;
    options.patience = limits.patience;
    return options;
}

std::string refusal_of(unsigned status) {
    auto message = "the server answered with status " + std::to_string(status);
    if (status / 100 == 3) message += "; redirects are not followed";
    return message;
}

}  // namespace

Fetch::Fetch(FetchLimits limits) : client_(options_of(limits)) {}

Result<std::string> Fetch::get(const Url& url) {
    ClientRequest request{url};
    request.headers.emplace_back("Accept", "application/jwk-set+json, application/json");
    auto response = client_.send(std::move(request));
    if (!response) return Error{ErrorCode::unavailable, response.error().message, ""};
    if (response->status != 200)
        return Error{ErrorCode::unavailable, refusal_of(response->status), ""};
    return std::move(response->body);
}

}  // namespace rotacast::http

#include "api/live_request.hpp"

#include "api/credentials.hpp"

namespace rotacast::api {

Result<auth::FoundToken> find_live_token(const live::CredentialCheck& check,
                                         const http::RequestContext& context) {
    const auto subprotocols = context.joined_header(http::field::sec_websocket_protocol, ", ");
    const auto cookie = context.joined_header(http::field::cookie, "; ");
    const std::string_view target = context.request.target();
    const auto mark = target.find('?');
    auto found = auth::find_upgrade_token(
        {.authorization = context.header(http::field::authorization).value_or(""),
         .subprotocols = subprotocols,
         .query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1),
         .cookie = cookie,
         .cookie_counts = cookies_count(check, context)});
    if (!found && found.error().code == ErrorCode::origin_refused) return origin_refused(context);
    return found;
}

std::shared_ptr<const http::SseOptions> sse_options(const net::WebSocketOptions& options) {
    auto same = std::make_shared<http::SseOptions>();
    same->send_queue_bytes_max = options.send_queue_bytes_max;
    same->policy = options.policy;
    same->ping_interval = options.ping_interval;
    same->idle_timeout = options.idle_timeout;
    same->close_timeout = options.close_timeout;
    return same;
}

ErrorCode error_of(live::AdmissionRefusal refusal) {
    return refusal == live::AdmissionRefusal::upgrades_of_address ? ErrorCode::too_many_upgrades
                                                                  : ErrorCode::too_many_connections;
}

}  // namespace rotacast::api

#include "net/live_request.hpp"

#include "net/credentials.hpp"

namespace rotacast::net {

std::optional<auth::FoundToken> find_live_token(const Services& services,
                                                const RequestContext& context) {
    const auto subprotocols = joined_header(context, http::field::sec_websocket_protocol, ", ");
    const auto cookie = joined_header(context, http::field::cookie, "; ");
    const std::string_view target = context.request.target();
    const auto mark = target.find('?');
    return auth::find_upgrade_token(
        {.authorization = context.header(http::field::authorization).value_or(""),
         .subprotocols = subprotocols,
         .query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1),
         .cookie = cookie,
         .origin_allowed = origin_allowed(services, context)});
}

ErrorCode error_of(AdmissionRefusal refusal) {
    return refusal == AdmissionRefusal::upgrades_of_address ? ErrorCode::too_many_upgrades
                                                            : ErrorCode::too_many_connections;
}

}  // namespace rotacast::net

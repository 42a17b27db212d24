#include "live/farewell.hpp"

namespace rotacast::live {

ws::CloseCode v1_farewell(net::SessionEnd why) {
    switch (why) {
        case net::SessionEnd::slow: return ws::v1_close_code(ErrorCode::slow_consumer);
        case net::SessionEnd::silent: return ws::close::keepalive_timeout;
        case net::SessionEnd::shutdown: return ws::close::server_draining;
        case net::SessionEnd::fault: break;
    }
    return ws::v1_close_code(ErrorCode::internal);
}

ws::CloseCode graphql_farewell(net::SessionEnd why) {
    switch (why) {
        case net::SessionEnd::slow: return ws::graphql_close_code(ErrorCode::slow_consumer);
        case net::SessionEnd::silent: return ws::close::graphql_keepalive_timeout;
        case net::SessionEnd::shutdown: return ws::close::server_draining;
        case net::SessionEnd::fault: break;
    }
    return ws::graphql_close_code(ErrorCode::internal);
}

}  // namespace rotacast::live

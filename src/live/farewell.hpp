#pragma once

// What the session closes a connection with, in the words of its protocol.

#include "net/websocket_handler.hpp"
#include "ws/close_code.hpp"

namespace rotacast::live {

ws::CloseCode v1_farewell(net::SessionEnd why);
ws::CloseCode graphql_farewell(net::SessionEnd why);

}  // namespace rotacast::live

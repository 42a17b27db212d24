#pragma once

#include <cstdint>
#include <string_view>

namespace rotacast::bench {

/// What a server's message is to a subscriber.
enum class Heard : std::uint8_t {
    event,
    greeted,    ///< the greeting was accepted: commands may follow
    caught_up,  ///< all commands before the barrier are taken in
    refused,
    other,
};

/// What a subscriber says, and what it makes of what it hears. Messages are told apart by their
/// first bytes: the client must cost less than what it measures.
struct Dialect {
    std::string_view path;      ///< of the upgrade
    std::string_view headers;   ///< of the upgrade; each with its CR LF
    std::string_view greeting;  ///< goes out before all commands, which wait for `greeted`; or none
    std::string_view barrier;   ///< goes out behind them
    Heard (*hear)(std::string_view head);
};

/// `/ws` without a subprotocol; npm `ws` and the bare server of peers/ speak it too.
[[nodiscard]] const Dialect& classic();

/// `/graphql` with the subprotocol graphql-transport-ws
/// (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md).
[[nodiscard]] const Dialect& graphql_transport_ws();

}  // namespace rotacast::bench

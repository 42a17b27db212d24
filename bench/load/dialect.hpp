#pragma once

#include <cstdint>
#include <string_view>

namespace rotacast::bench {

/// The meaning of a server's message for a subscriber.
enum class MessageKind : std::uint8_t {
    event,
    greeted,    ///< the greeting was accepted: commands may follow
    caught_up,  ///< all commands before the barrier have been processed
    refused,
    other,
};

/// The protocol of a subscriber: what it sends, and how it classifies messages. It looks only at
/// their first bytes, because the client must cost less than what it measures.
struct Dialect {
    std::string_view path;     ///< of the upgrade
    std::string_view headers;  ///< of the upgrade; each ends with CR LF
    /// Sent before all commands, which wait for `greeted`; may be empty.
    std::string_view greeting;
    std::string_view barrier;  ///< sent after the commands
    MessageKind (*classify)(std::string_view head);
};

/// `/ws` without a subprotocol; also spoken by the peers npm `ws` and bare_send.
[[nodiscard]] const Dialect& classic();

/// `/graphql` with the subprotocol graphql-transport-ws
/// (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md).
[[nodiscard]] const Dialect& graphql_transport_ws();

}  // namespace rotacast::bench

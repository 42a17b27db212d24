#pragma once

// What a connection that the server ends is closed with (docs/protocol.md, "Close codes"). The
// codes of the GraphQL subprotocols themselves are in graphql/close_code.

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace rotacast::ws {

/// Content of a close frame (RFC 6455 §5.5.1): at most 123 bytes of reason, with static lifetime.
/// Up to its first colon, the reason is a name for programs; the rest tells people what to do.
struct CloseCode {
    std::uint16_t code;
    std::string_view reason;
    std::optional<ErrorCode> error = std::nullopt;  ///< nullopt: nobody made a mistake

    bool operator==(const CloseCode&) const = default;
};

/// `name: advice`, as in the table of errors. Static lifetime, at most 123 bytes.
std::string_view close_reason(ErrorCode error);

/// An error for which a connection is closed, with its codes in rotacast.v1 and in GraphQL.
///
/// The codes of GraphQL are not free: npm's graphql-ws never comes back after 1002, 1003, 1007 to
/// 1011, 4400, 4401, 4406, 4409, 4429 and 4500, and comes back after all others (ADR 0045). So the
/// codes of the first kind are for what does not pass by itself.
struct ClosingError {
    ErrorCode error;
    std::uint16_t v1;
    std::uint16_t graphql;
};

// clang-format off
inline constexpr ClosingError closing_errors[] = {
    {ErrorCode::token_missing,          4401, 4401},
    {ErrorCode::token_invalid,          4401, 4401},
    {ErrorCode::token_expired,          4401, 4403},
    {ErrorCode::token_revoked,          4401, 4403},
    {ErrorCode::user_inactive,          4403, 4401},
    {ErrorCode::origin_refused,         4403, 4401},
    {ErrorCode::authentication_timeout, 4408, 4408},
    {ErrorCode::slow_consumer,          4410, 4410},
    {ErrorCode::too_many_connections,   4429, 4503},
    {ErrorCode::too_many_commands,      4429, 4503},
    {ErrorCode::too_many_upgrades,      4429, 4503},
    {ErrorCode::unavailable,            4503, 4503},
    {ErrorCode::internal,               1011, 4503},
};
// clang-format on

/// An error that should not close a connection is a bug in the server: `internal`.
CloseCode v1_close_code(ErrorCode error);
CloseCode graphql_close_code(ErrorCode error);

/// The same for classic clients, which know only registered codes: 1013 (try again later) if the
/// server lacks something that may become available again, else 1008 (policy violation). The reason
/// is the error's name alone.
CloseCode classic_close_code(ErrorCode error);

/// For reasons that are no errors.
namespace close {

inline constexpr CloseCode server_draining{
    1001, "server_draining: Reconnect from your last cursor, after the announced time if any."};
/// So much has changed that each client has to be checked anew.
inline constexpr CloseCode please_reconnect{4412,
                                            "please_reconnect: Reconnect from your last cursor."};
/// The spelling of the same in the classic protocol.
inline constexpr CloseCode classic_please_reconnect{1012, "please_reconnect"};
/// Nothing came from the client for websocket.idle_timeout_s, not even a pong.
inline constexpr CloseCode keepalive_timeout{
    1011, "keepalive_timeout: Answer pings; reconnect from your last cursor."};
inline constexpr CloseCode graphql_keepalive_timeout{4408, keepalive_timeout.reason};

}  // namespace close

}  // namespace rotacast::ws

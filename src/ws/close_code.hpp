#pragma once

// Reasons for closing a connection, and whether the client should reconnect (docs/protocol.md,
// "Close codes"). All close codes are defined here and nowhere else.

#include "base/error.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace rotacast::ws {

enum class Reconnect : std::uint8_t {
    no,
    after_announced_delay,  ///< after `reconnect_after_ms` of server_draining
    with_backoff,           ///< with exponential back-off
    with_new_token,
    authenticating_in_time,
    with_resume,
    without_the_message,
};

/// Content of a close frame (RFC 6455 §7.4). `reason` has static lifetime.
struct CloseCode {
    std::uint16_t code;
    std::string_view reason;
    Reconnect reconnect;

    bool operator==(const CloseCode&) const = default;
};

namespace close {

inline constexpr CloseCode server_draining{
    1001, "server_draining", Reconnect::after_announced_delay};
inline constexpr CloseCode please_reconnect{4412, "please_reconnect", Reconnect::with_resume};
/// The spelling of the same in the classic protocol.
inline constexpr CloseCode classic_please_reconnect{
    1012, "please_reconnect", Reconnect::with_backoff};

}  // namespace close

/// The close code of rotacast.v1 for an error. Violations of WebSocket itself (1002, 1007) are not
/// listed: the session closes for them and names the violation.
struct RefusalClose {
    ErrorCode error;
    CloseCode close;
};

// clang-format off
inline constexpr std::array v1_refusal_closes{
    RefusalClose{ErrorCode::token_missing,          {4401, "token_missing",          Reconnect::with_new_token}},
    RefusalClose{ErrorCode::token_invalid,          {4401, "token_invalid",          Reconnect::with_new_token}},
    RefusalClose{ErrorCode::token_expired,          {4401, "token_expired",          Reconnect::with_new_token}},
    RefusalClose{ErrorCode::token_revoked,          {4401, "token_revoked",          Reconnect::with_new_token}},
    RefusalClose{ErrorCode::user_inactive,          {4403, "user_inactive",          Reconnect::no}},
    RefusalClose{ErrorCode::origin_refused,         {4403, "origin_refused",         Reconnect::no}},
    RefusalClose{ErrorCode::authentication_timeout, {4408, "authentication_timeout", Reconnect::authenticating_in_time}},
    RefusalClose{ErrorCode::slow_consumer,          {4410, "slow_consumer",          Reconnect::with_resume}},
    RefusalClose{ErrorCode::too_many_connections,   {4429, "too_many_connections",   Reconnect::with_backoff}},
    RefusalClose{ErrorCode::too_many_commands,      {4429, "too_many_commands",      Reconnect::with_backoff}},
    RefusalClose{ErrorCode::too_many_upgrades,      {4429, "too_many_upgrades",      Reconnect::with_backoff}},
    RefusalClose{ErrorCode::unavailable,            {4503, "unavailable",            Reconnect::with_backoff}},
    RefusalClose{ErrorCode::too_large,              {1009, "too_large",              Reconnect::without_the_message}},
    RefusalClose{ErrorCode::internal,               {1011, "",                       Reconnect::with_backoff}},
};
// clang-format on

/// Pure. An error that should not close a connection is a bug in the server: 1011.
CloseCode v1_close_code(ErrorCode error);

/// The same for classic clients, which know only registered codes: 1013 (try again later) if the
/// server lacks something that may become available again, else 1008 (policy violation). The reason
/// is the error's name.
CloseCode classic_close_code(ErrorCode error);

}  // namespace rotacast::ws

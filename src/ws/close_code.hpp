#pragma once

// Why a connection was ended, and whether to come back (docs/protocol.md, "Close codes"). The one
// place that knows the numbers; no route and no session spells one.

#include "base/error.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace rotacast::ws {

enum class ComeBack : std::uint8_t {
    no,
    after_the_told_time,  ///< `reconnect_after_ms` of server_draining
    with_back_off,        ///< later, and later still each time
    with_new_token,
    authenticating_at_once,
    with_resume,
    without_that_message,
};

/// What a close frame carries (RFC 6455 §7.4). `reason` has static lifetime.
struct CloseCode {
    std::uint16_t code;
    std::string_view reason;
    ComeBack come_back;

    bool operator==(const CloseCode&) const = default;
};

namespace close {

inline constexpr CloseCode server_draining{1001, "server_draining", ComeBack::after_the_told_time};
inline constexpr CloseCode please_reconnect{4412, "please_reconnect", ComeBack::with_resume};
/// Classic's spelling of the same.
inline constexpr CloseCode classic_please_reconnect{
    1012, "please_reconnect", ComeBack::with_back_off};

}  // namespace close

/// A close of rotacast.v1 that a refusal causes. What breaks WebSocket itself (1002, 1007) is
/// closed by the session, which names what was broken.
struct RefusalClose {
    ErrorCode error;
    CloseCode close;
};

// clang-format off
inline constexpr std::array v1_refusal_closes{
    RefusalClose{ErrorCode::token_missing,          {4401, "token_missing",          ComeBack::with_new_token}},
    RefusalClose{ErrorCode::token_invalid,          {4401, "token_invalid",          ComeBack::with_new_token}},
    RefusalClose{ErrorCode::token_expired,          {4401, "token_expired",          ComeBack::with_new_token}},
    RefusalClose{ErrorCode::token_revoked,          {4401, "token_revoked",          ComeBack::with_new_token}},
    RefusalClose{ErrorCode::user_inactive,          {4403, "user_inactive",          ComeBack::no}},
    RefusalClose{ErrorCode::origin_refused,         {4403, "origin_refused",         ComeBack::no}},
    RefusalClose{ErrorCode::authentication_timeout, {4408, "authentication_timeout", ComeBack::authenticating_at_once}},
    RefusalClose{ErrorCode::slow_consumer,          {4410, "slow_consumer",          ComeBack::with_resume}},
    RefusalClose{ErrorCode::too_many_connections,   {4429, "too_many_connections",   ComeBack::with_back_off}},
    RefusalClose{ErrorCode::too_many_commands,      {4429, "too_many_commands",      ComeBack::with_back_off}},
    RefusalClose{ErrorCode::too_many_upgrades,      {4429, "too_many_upgrades",      ComeBack::with_back_off}},
    RefusalClose{ErrorCode::unavailable,            {4503, "unavailable",            ComeBack::with_back_off}},
    RefusalClose{ErrorCode::too_large,              {1009, "too_large",              ComeBack::without_that_message}},
    RefusalClose{ErrorCode::internal,               {1011, "",                       ComeBack::with_back_off}},
};
// clang-format on

/// Pure. An error that is no reason to end a connection is a defect of ours: 1011.
CloseCode v1_close_code(ErrorCode error);

/// The same for classic clients, who know the registered codes only: 1013 (try again later) when
/// the server lacks something that may come by itself, else 1008 (policy violation). The reason is
/// the error's name.
CloseCode classic_close_code(ErrorCode error);

}  // namespace rotacast::ws

#include "ws/close_code.hpp"

#include <algorithm>

namespace rotacast::ws {
namespace {

constexpr std::uint16_t internal_error = 1011;  // RFC 6455 §7.4.1
constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t try_again_later = 1013;  // registered by IANA, RFC 6455 §11.7

bool passes_by_itself(ErrorCode error) {
    using enum ErrorCode;
    return error == unavailable || error == internal || error == too_many_connections ||
           error == too_many_upgrades;
}

}  // namespace

CloseCode v1_close_code(ErrorCode error) {
    const auto* found = std::ranges::find(v1_refusal_closes, error, &RefusalClose::error);
    if (found != v1_refusal_closes.end()) return found->close;
    return {internal_error, "", Reconnect::with_backoff};
}

CloseCode classic_close_code(ErrorCode error) {
    const auto reason = info(error).name;
    if (passes_by_itself(error)) return {try_again_later, reason, Reconnect::with_backoff};
    const auto advice = v1_close_code(error).reconnect;
    return {policy_violation,
            reason,
            advice == Reconnect::with_resume ? Reconnect::with_backoff : advice};
}

}  // namespace rotacast::ws

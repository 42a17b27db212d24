#include "ws/close_code.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

namespace rotacast::ws {
namespace {

constexpr std::uint16_t policy_violation = 1008;  // RFC 6455 §7.4.1
constexpr std::uint16_t try_again_later = 1013;   // registered by IANA, RFC 6455 §11.7

bool passes_by_itself(ErrorCode error) {
    using enum ErrorCode;
    return error == unavailable || error == internal || error == too_many_connections ||
           error == too_many_upgrades;
}

const ClosingError& closing_error(ErrorCode error) {
    const auto* found = std::ranges::find(closing_errors, error, &ClosingError::error);
    return found != std::end(closing_errors) ? *found : closing_error(ErrorCode::internal);
}

// Made at the start: a connection may have to be closed because there is no memory.
const auto close_reasons = [] {
    std::map<ErrorCode, std::string> made;
    for (const auto& row : error_table())
        made[row.code] = std::string(row.name) + ": " + std::string(row.advice);
    return made;
}();

}  // namespace

std::string_view close_reason(ErrorCode error) {
    return close_reasons.at(error);
}

CloseCode v1_close_code(ErrorCode error) {
    const auto& known = closing_error(error);
    return {known.v1, close_reason(known.error), known.error};
}

CloseCode graphql_close_code(ErrorCode error) {
    const auto& known = closing_error(error);
    return {known.graphql, close_reason(known.error), known.error};
}

CloseCode classic_close_code(ErrorCode error) {
    return {passes_by_itself(error) ? try_again_later : policy_violation, info(error).name, error};
}

}  // namespace rotacast::ws

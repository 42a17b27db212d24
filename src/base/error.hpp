#pragma once

// Every error that the server reports has a number, a name, an HTTP status, and a message that says
// what to do. The table below is the only place that defines the numbers; documentation and
// contract are generated from it.

#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast {

enum class ErrorCode : std::uint16_t {
    bad_json = 1000,
    invalid_field = 1001,
    missing_field = 1002,
    unknown_event_type = 1003,
    empty_request = 1004,
    too_many_events = 1005,
    too_large = 1006,
    idempotency_conflict = 1007,
    bad_request = 1008,
    unknown_action = 1009,
    version_conflict = 1010,
    cursor_invalid = 1011,
    not_acceptable = 1012,
    unsupported_media_type = 1013,
    graphql_syntax = 1014,
    graphql_validation = 1015,
    rate_limited = 1100,
    too_many_subscriptions = 1101,
    too_many_connections = 1102,
    too_many_commands = 1103,
    too_many_upgrades = 1104,
    slow_consumer = 1105,
    authentication_timeout = 1106,
    too_many_operations = 1108,
    unauthenticated = 1200,
    token_missing = 1201,
    token_invalid = 1202,
    token_expired = 1203,
    token_revoked = 1204,
    user_inactive = 1205,
    bad_credentials = 1206,
    identity_changed = 1207,
    forbidden = 1300,
    origin_refused = 1301,
    not_found = 1400,
    method_not_allowed = 1401,
    conflict = 1402,
    unavailable = 1500,
    internal = 1501,
    config_invalid = 1600,
};

struct ErrorInfo {
    ErrorCode code;
    std::string_view name;
    int http_status;
    std::string_view advice;
};

/// All known codes in ascending order. Static lifetime.
const std::vector<ErrorInfo>& error_table();
const ErrorInfo& info(ErrorCode code);

/// An error as a value. `path` is a JSON pointer to the offending part of the input, or empty.
/// Never contains a token, a password or the offending value itself.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;
    std::string path;
    /// What else is wrong with the same input, in its order; none of these has others itself.
    std::vector<Error> others = {};
};

/// The error's own message, or without one the advice of its code: never empty. Valid as long as
/// `error`.
std::string_view message_of(const Error& error);

/// At most this many errors of one input are reported.
inline constexpr std::size_t errors_reported_max = 32;

/// Adds `next`, then its others, to the others of `first`, as long as errors_reported_max permits;
/// if there is no first, `next` becomes it. Returns whether there is room for more.
bool add_error(std::optional<Error>& first, Error next);

/// `{"error":{"code","name","message","path"}}`, the body of every HTTP response that reports an
/// error. If there are others, `"errors":[…]` follows with all of them, the first one included.
std::string to_json(const Error& error);

/// Appends that `,"errors":[…]`, or nothing if there are no others.
void append_others(std::string& out, const Error& error);

template <class T>
using Result = boost::system::result<T, Error>;

// Called by Result::value() when there is an error. That is a bug in the caller, who must check
// first.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location&);

}  // namespace rotacast

#pragma once

// What Redis answers, as values.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rotacast::redis {

struct Nil {
    bool operator==(const Nil&) const = default;
};

/// An error reply: a code in capitals, then a sentence. What it means to us: redis/refusal.hpp. The
/// sentence may repeat arguments of the command, so it does not belong in a log.
struct ErrorReply {
    std::string text;

    /// The first word, such as NOAUTH or ERR. Valid as long as `text`.
    std::string_view code() const;

    bool operator==(const ErrorReply&) const = default;
};

struct Reply;
using Array = std::vector<Reply>;

/// One reply of RESP2 (the protocol's specification, redis.io/docs/reference/protocol-spec). A
/// status such as OK is a text like any other, and both kinds of null are Nil.
struct Reply {
    std::variant<Nil, std::string, std::int64_t, Array, ErrorReply> value;

    bool is_nil() const { return std::holds_alternative<Nil>(value); }
    /// These give nullptr if it is of another kind.
    const std::string* text() const { return std::get_if<std::string>(&value); }
    const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value); }
    const Array* array() const { return std::get_if<Array>(&value); }
    const ErrorReply* error() const { return std::get_if<ErrorReply>(&value); }

    bool operator==(const Reply&) const = default;
};

/// `a text`, `nothing` and so on, for messages about a reply of the wrong kind.
std::string_view kind_of(const Reply& reply);

}  // namespace rotacast::redis

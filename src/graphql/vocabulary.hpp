#pragma once

// Words that described structs of GraphQL use beside those of events: members of these types show
// as scalars of their own. The texts read and write as std::string does.

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "reflect/describe.hpp"
#include "reflect/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::graphql {

namespace json = boost::json;

/// ID: a number or a name that is no UUID.
struct Key : std::string {
    using std::string::string;
    Key(std::string text) : std::string(std::move(text)) {}
};

/// Cursor, as text.
struct CursorText : std::string {
    using std::string::string;
    CursorText(std::string text) : std::string(std::move(text)) {}
};

/// The enumeration DeadLetterState: `DEAD` or `DISCARDED`.
struct DeadLetterState : std::string {
    using std::string::string;
    DeadLetterState(std::string text) : std::string(std::move(text)) {}
};

/// BigInt: counts of a long life, beyond the 32 bits of Int.
struct BigInt {
    std::int64_t value = 0;
};

/// The union of all event types that have a GraphQL type: data_of() a client event.
struct LiveEvent {
    json::object data;
};

}  // namespace rotacast::graphql

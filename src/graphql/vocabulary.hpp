#pragma once

// Types for members of GraphQL's described structs, in addition to those of events. They appear as
// scalars (and enumerations) of their own in the schema. The string types are encoded like
// std::string.

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

/// ID: a number, or a name that is not a UUID.
struct Key : std::string {
    using std::string::string;
    Key(std::string text) : std::string(std::move(text)) {}
};

/// ID: the number of a row. Text in GraphQL; in other JSON a number.
struct RowId {
    std::int64_t value = 0;
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

/// BigInt: long-running counts, which may exceed the 32 bits of Int.
struct BigInt {
    std::int64_t value = 0;
};

/// The union of all event types that have a GraphQL type; its data comes from data_of().
struct LiveEvent {
    json::object data;
};

}  // namespace rotacast::graphql

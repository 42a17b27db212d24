#pragma once

// What a classic client may ask for (wire specification §1.5). Pure: text in, command out.

#include "base/uuid.hpp"
#include "hub/topic.hpp"

#include <string_view>
#include <variant>

namespace rotacast::ws {

struct Subscribe {
    hub::Topic topic;
    bool operator==(const Subscribe&) const = default;
};
struct Unsubscribe {
    hub::Topic topic;
    bool operator==(const Unsubscribe&) const = default;
};
struct Ping {
    bool operator==(const Ping&) const = default;
};

/// Why nothing happens. Classic clients are not told; it is counted.
enum class Ignored { not_json, not_an_object, unknown_action, no_id, bad_id };

using Command = std::variant<Subscribe, Unsubscribe, Ping, Ignored>;

/// Never fails: whatever cannot be understood is Ignored. Both key spellings are read, snake
/// first; of duplicate keys the last one counts; other keys are not looked at.
Command parse_command(std::string_view text);

std::string_view to_string(Ignored reason);

}  // namespace rotacast::ws

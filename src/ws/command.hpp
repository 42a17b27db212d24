#pragma once

// Parses the commands of classic clients (wire specification §1.5). Pure.

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

/// Why a message has no effect. Classic clients get no error; the server counts it.
enum class Ignored { not_json, not_an_object, unknown_action, no_id, bad_id };

using Command = std::variant<Subscribe, Unsubscribe, Ping, Ignored>;

/// Never fails: a message that cannot be understood becomes Ignored. Both spellings of keys are
/// accepted, snake_case first; of duplicate keys the last one wins; unknown keys are ignored.
Command parse_command(std::string_view text);

std::string_view to_string(Ignored reason);

}  // namespace rotacast::ws

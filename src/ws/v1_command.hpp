#pragma once

// Parses the commands of rotacast.v1 clients (docs/protocol.md, "Commands"). Pure. Keys are
// snake_case only; unknown keys are ignored.

#include "base/error.hpp"
#include "base/uuid.hpp"
#include "presence/presence.hpp"
#include "hub/topic.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rotacast::ws::v1 {

inline constexpr std::size_t command_id_bytes_max = 64;
inline constexpr std::size_t cursor_bytes_max = 64;

/// The schedules and persons that a command names, in the order of the message, so that an error
/// can point to one. Bounded only by the size of a message.
struct Names {
    std::vector<Uuid> schedules;
    std::vector<Uuid> persons;
    bool single = false;         ///< written as `schedule_id` or `person_id`, not as a list
    bool notifications = false;  ///< the user's own notifications, too

    /// The topics for this user; sorted, without duplicates.
    std::vector<hub::Topic> topics(const Uuid& user) const;
    /// JSON pointer to `persons[index]`.
    std::string path_of_person(std::size_t index) const;

    bool operator==(const Names&) const = default;
};

struct Subscribe {
    Names names;
    bool latest = false;
    bool operator==(const Subscribe&) const = default;
};
struct Unsubscribe {
    Names names;
    bool operator==(const Unsubscribe&) const = default;
};
/// `cursor` is text of 1 to cursor_bytes_max bytes, not yet parsed.
struct Resume {
    std::string cursor;
    Names names;
    bool operator==(const Resume&) const = default;
};
struct Authenticate {
    std::string token;
    bool operator==(const Authenticate&) const = default;
};
struct RefreshToken {
    std::string token;
    bool operator==(const RefreshToken&) const = default;
};

/// Within the bounds of a PresenceStatement; its schedules are sorted, without duplicates.
struct SetPresence {
    presence::PresenceStatement statement;
    bool operator==(const SetPresence&) const = default;
};
struct WatchPresence {
    std::vector<Uuid> schedules;  ///< sorted, without duplicates; empty: everybody
    bool operator==(const WatchPresence&) const = default;
};
struct UnwatchPresence {
    bool operator==(const UnwatchPresence&) const = default;
};
struct Acknowledge {
    std::string cursor;
    bool operator==(const Acknowledge&) const = default;
};
struct Ping {
    bool operator==(const Ping&) const = default;
};

using Command = std::variant<Subscribe,
                             Unsubscribe,
                             Resume,
                             Authenticate,
                             RefreshToken,
                             SetPresence,
                             WatchPresence,
                             UnwatchPresence,
                             Acknowledge,
                             Ping>;

struct Message {
    std::string id;  ///< the command's `id` as JSON, ready to be echoed; empty if it has none
    Result<Command> command;
};

/// `text` must be UTF-8. Errors: `bad_json`, `invalid_field`, `missing_field`, `unknown_action`,
/// `cursor_invalid`, with the path of the offending value and never the value itself. Of duplicate
/// keys the last one wins. Takes O(n log n) time in the length of the text.
Message parse_message(std::string_view text);

}  // namespace rotacast::ws::v1

#pragma once

// Encodes the server's messages of rotacast.v1 (docs/protocol.md, "Messages"): snake_case,
// `event_type` first, `timestamp` second, then the keys in the document's order. Pure functions,
// also used for server-sent events. Cursors are passed as text and not parsed.

#include "base/error.hpp"
#include "base/time.hpp"
#include "presence/presence.hpp"
#include "hub/publication.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rotacast::ws::v1 {

/// The subprotocol's name (RFC 6455 §11.5).
inline constexpr std::string_view subprotocol = "rotacast.v1";

/// Appends the classic encoding of the event in snake_case, followed by `event_id` and `cursor`.
void append_event(std::string& out, const hub::Publication& publication);

struct Greeting {
    Uuid user_id;
    Uuid connection_id;
    Timestamp token_expires_at;
    std::chrono::milliseconds ping_interval;
    std::size_t message_bytes_max;
    std::size_t subscriptions_max;
};
std::string connection_ack(const Greeting& greeting, Timestamp now);

/// The part that all responses to commands have. `id` is JSON, or empty if there is none.
struct Answer {
    std::string_view id;
    Timestamp now;
};

/// `cursor` is empty until the connection is live; the response then has none.
std::string ack(Answer answer, std::string_view cursor);
std::string ack_with_token(Answer answer, std::string_view cursor, Timestamp token_expires_at);
/// `latest`: whole events as append_event wrote them, oldest first.
std::string ack_with_latest(Answer answer,
                            std::string_view cursor,
                            std::span<const std::string> latest,
                            std::string_view latest_from);
/// `roster`: a JSON array, see roster().
std::string ack_with_roster(Answer answer, std::string_view cursor, std::string_view roster);

/// An error without a message gets the default message of its code.
std::string error(Answer answer, const Error& error);

enum class GapReason : std::uint8_t {
    epoch_changed,
    trimmed,
    too_far,
    cursor_unknown,
    unavailable,
    slow_consumer,
    superseded,
};
std::string_view to_string(GapReason reason);

/// `reason`: nullopt if nothing was lost.
std::string resumed(Answer answer,
                    std::optional<GapReason> reason,
                    std::uint64_t replayed,
                    std::string_view cursor);

/// Its cursor is `to`, or `from` if events of the range are still to come (superseded).
std::string gap(std::string_view from, std::string_view to, GapReason reason, Timestamp now);
std::string token_expiring(Timestamp token_expires_at, Timestamp now);
std::string server_draining(std::chrono::milliseconds reconnect_after, Timestamp now);
std::string pong(Answer answer);

std::string presence(const presence::Presence& presence, Timestamp now);
/// A JSON array with one object per person; the keys are those of the presence message.
std::string roster(std::span<const presence::Presence> people);

}  // namespace rotacast::ws::v1

#pragma once

// An address outside to which events are sent, and how it is named, checked and shown.

#include "base/error.hpp"
#include "base/time.hpp"
#include "reflect/describe.hpp"
#include "reflect/json.hpp"
#include "webhooks/filter.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::webhooks {

/// What may be shown. Its JSON form derives from this description, so no secret can get into it.
struct Webhook {
    std::string name;
    std::string url;
    Types types;
    json::object filter;
    bool active = true;
    std::int64_t timeout_ms = 10'000;
    std::string begins_after;
    std::string created_by;
    Timestamp created_at;
    Timestamp updated_at;
};
DESCRIBE(Webhook,
         "Events are sent to its URL.",
         (name,
          "Its name, which cannot be changed: 1 to 64 of a-z 0-9 . _ -, starting with a letter or "
          "digit."),
         (url, "Where events are posted to."),
         (types, "Event types to send; null for every type."),
         (filter, "Values that fields of an event must have."),
         (active, "Whether anything is sent."),
         (timeout_ms, "How long an answer may take, in milliseconds."),
         (begins_after, "Cursor after which its events start."),
         (created_by, "Who created it."),
         (created_at, "When it was created."),
         (updated_at, "When it was last changed."))

/// What people hand in.
struct WebhookInput {
    std::string name;
    std::string url;
    Types types;
    json::object filter;
    bool active = true;
    std::int64_t timeout_ms = 10'000;
    std::optional<std::string> secret;
    std::optional<std::string> from;
};
DESCRIBE(WebhookInput,
         "A new webhook.",
         (name,
          "Its name, which cannot be changed: 1 to 64 of a-z 0-9 . _ -, starting with a letter or "
          "digit."),
         (url, "http:// or https://, without user, password and fragment."),
         (types, "Event types to send; absent or null for every type."),
         (filter,
          "A field's name and the value, or the list of values, that it may have.",
          defaulted),
         (active, "Whether anything is sent.", defaulted),
         (timeout_ms, "How long an answer may take: 100 to 60000 milliseconds.", defaulted),
         (secret, "Signing secret of 16 to 256 bytes; random if absent."),
         (from,
          "Where its events start: `now` (default), `beginning` of what the journal keeps, or "
          "after a cursor."))

struct RotationInput {
    std::optional<std::string> secret;
};
DESCRIBE(RotationInput,
         "Input for a secret rotation.",
         (secret, "Signing secret of 16 to 256 bytes; random if absent."))

/// Never shown after it was made, never logged. Kept as it is, because signing needs it.
struct Secrets {
    std::string current;
    std::optional<std::string> previous;  ///< signs too, until `previous_until`
    Timestamp previous_until;

    /// Those to sign by at this time: one or two.
    std::vector<std::string> at(Timestamp time) const;
};

struct StoredWebhook {
    Webhook webhook;
    Secrets secrets;
};

/// Refuses with the path of the culprit: `invalid_field`, `missing_field`, `unknown_event_type`.
/// Unknown keys are refused too: a misspelt `filter` would send everything.
Result<WebhookInput> read_webhook(const json::value& value);

/// What is to become of `present` when `changes` (an object of members of WebhookInput, `name` and
/// `from` excepted) are taken over; the others stay. Refusals as of read_webhook().
Result<WebhookInput> read_changes(const Webhook& present, const json::value& changes);

/// `{"secret"}`, or an empty object. Refusals as of read_webhook().
Result<std::optional<std::string>> read_rotation(const json::value& value);

/// With a secret of 32 random bytes unless one was given. `internal` without a random generator.
Result<StoredWebhook> make_webhook(WebhookInput input, std::string created_by, Timestamp time);

/// Takes over what people may change, all but the name; a secret that is given replaces the
/// present one, as rotate() does.
void change(StoredWebhook& stored, WebhookInput input, Timestamp time);

/// How long both secrets sign, so that a receiver can be told the new one in the meantime.
inline constexpr std::chrono::hours secret_overlap{24};

/// Replaces the secret: by this one, or by a random one.
Result<void> rotate(Secrets& secrets, std::optional<std::string> next, Timestamp time);

/// The events that it wants. Not for input: what was stored was checked before.
Result<Filter> filter_of(const Webhook& webhook);

}  // namespace rotacast::webhooks

#pragma once

// A webhook: an external URL that events are sent to. Input, validation and change of webhooks.

#include "base/error.hpp"
#include "base/time.hpp"
#include "reflect/describe.hpp"
#include "reflect/json.hpp"
#include "webhooks/filter.hpp"
#include "webhooks/format.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::webhooks {

/// The public part. Its JSON is generated from this description, so it cannot contain a secret.
struct Webhook {
    std::string name;
    std::string url;
    Types types;
    json::object filter;
    bool active = true;
    std::int64_t timeout_ms = 10'000;
    std::string format{format_names[0]};
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
         (format, "How an event is written: `rotacast`, or a CloudEvent."),
         (begins_after, "Cursor after which its events start."),
         (created_by, "Who created it."),
         (created_at, "When it was created."),
         (updated_at, "When it was last changed."))

/// Input for a new webhook.
struct WebhookInput {
    std::string name;
    std::string url;
    Types types;
    json::object filter;
    bool active = true;
    std::int64_t timeout_ms = 10'000;
    std::string format{format_names[0]};
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
         (format,
          "How an event is written: `rotacast` (default), or as a CloudEvent, "
          "`cloudevents-structured` or `cloudevents-binary`.",
          defaulted),
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

/// Shown only when created, never logged. Stored in plain text because signing needs it.
struct Secrets {
    std::string current;
    std::optional<std::string> previous;  ///< also signs until `previous_until`
    Timestamp previous_until;

    /// The secrets to sign with at this time: one or two.
    std::vector<std::string> at(Timestamp time) const;
};

struct StoredWebhook {
    Webhook webhook;
    Secrets secrets;
};

/// Refuses with the path of the faulty member: `invalid_field`, `missing_field`,
/// `unknown_event_type`. Refuses unknown keys too: a misspelt `filter` would send everything.
Result<WebhookInput> read_webhook(const json::value& value);

/// The input of `present` after `changes` (an object of members of WebhookInput except `name` and
/// `from`) have been applied; other members stay. Errors: those of read_webhook().
Result<WebhookInput> read_changes(const Webhook& present, const json::value& changes);

/// `{"secret"}` or an empty object. Errors: those of read_webhook().
Result<std::optional<std::string>> read_rotation(const json::value& value);

/// Uses random_secret() unless a secret is given. `internal` if the random generator fails.
Result<StoredWebhook> make_webhook(WebhookInput input, std::string created_by, Timestamp time);

/// Applies everything that people may change, which is all but the name; a given secret replaces
/// the present one as rotate() does.
void change(StoredWebhook& stored, WebhookInput input, Timestamp time);

/// How long both secrets sign after a rotation, so that the receiver can be given the new one.
inline constexpr std::chrono::hours secret_overlap{24};

/// Replaces the secret by `next` or by a random one.
Result<void> rotate(Secrets& secrets, std::optional<std::string> next, Timestamp time);

/// The webhook's filter. Not for input: expects members that were validated before.
Result<Filter> filter_of(const Webhook& webhook);

/// The webhook's format. Not for input, either.
Format format_of(const Webhook& webhook);

}  // namespace rotacast::webhooks

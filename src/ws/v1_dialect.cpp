#include "ws/v1_dialect.hpp"

#include "base/json_text.hpp"
#include "ws/dialect.hpp"

#include <utility>

namespace rotacast::ws::v1 {
namespace {

/// Writes an object key by key.
class Writer {
  public:
    Writer(std::string_view event_type, Timestamp now) {
        out_ = R"({"event_type":")";
        out_ += event_type;
        out_ += '"';
        time("timestamp", now);
    }
    Writer(std::string_view event_type, Answer answer) : Writer(event_type, answer.now) {
        if (!answer.id.empty()) raw("id", answer.id);
    }

    Writer& raw(std::string_view key, std::string_view json) {
        open(key) += json;
        return *this;
    }
    Writer& text(std::string_view key, std::string_view value) {
        append_json_string(open(key), value);
        return *this;
    }
    Writer& number(std::string_view key, std::int64_t value) {
        append_json_integer(open(key), value);
        return *this;
    }
    Writer& time(std::string_view key, Timestamp value) {
        auto& out = open(key) += '"';
        append_timestamp(out, value);
        out += '"';
        return *this;
    }
    Writer& uuid(std::string_view key, const Uuid& value) {
        auto& out = open(key) += '"';
        append_uuid(out, value);
        out += '"';
        return *this;
    }
    Writer& members(std::string_view json) {
        out_ += ',';
        out_ += json;
        return *this;
    }
    /// For a value that the caller appends.
    std::string& open(std::string_view key) {
        out_ += ",\"";
        out_ += key;
        return out_ += "\":";
    }

    std::string finish() {
        out_ += '}';
        return std::move(out_);
    }

  private:
    std::string out_;
};

Writer ack_writer(Answer answer, std::string_view cursor) {
    Writer writer("ack", answer);
    if (!cursor.empty()) writer.text("cursor", cursor);
    return writer;
}

}  // namespace

void append_event(std::string& out, const hub::Publication& publication) {
    append_classic(out, publication, Naming::snake);
    out.pop_back();  // the brace; two more keys follow
    out += R"(,"event_id":")";
    append_uuid(out, publication.event_id);
    out += R"(","cursor":)";
    append_json_string(out, publication.cursor);
    out += '}';
}

std::string connection_ack(const Greeting& greeting, Timestamp now) {
    return Writer("connection_ack", now)
        .uuid("user_id", greeting.user_id)
        .text("message", "Connection established")
        .uuid("connection_id", greeting.connection_id)
        .time("token_expires_at", greeting.token_expires_at)
        .number("ping_interval_ms", greeting.ping_interval.count())
        .number("message_bytes_max", static_cast<std::int64_t>(greeting.message_bytes_max))
        .number("subscriptions_max", static_cast<std::int64_t>(greeting.subscriptions_max))
        .finish();
}

std::string ack(Answer answer, std::string_view cursor) {
    return ack_writer(answer, cursor).finish();
}

std::string ack_with_token(Answer answer, std::string_view cursor, Timestamp token_expires_at) {
    return ack_writer(answer, cursor).time("token_expires_at", token_expires_at).finish();
}

std::string ack_with_latest(Answer answer,
                            std::string_view cursor,
                            std::span<const std::string> latest,
                            std::string_view latest_from) {
    auto writer = ack_writer(answer, cursor);
    auto& out = writer.open("latest") += '[';
    for (const auto& event : latest) {
        if (&event != latest.data()) out += ',';
        out += event;
    }
    out += ']';
    return writer.text("latest_from", latest_from).finish();
}

std::string ack_with_roster(Answer answer, std::string_view cursor, std::string_view roster) {
    return ack_writer(answer, cursor).raw("roster", roster).finish();
}

std::string error(Answer answer, const Error& error) {
    const auto& known = info(error.code);
    return Writer("error", answer)
        .number("code", static_cast<int>(known.code))
        .text("name", known.name)
        .text("message", message_of(error))
        .text("path", error.path)
        .finish();
}

std::string_view to_string(GapReason reason) {
    switch (reason) {
        case GapReason::epoch_changed: return "epoch_changed";
        case GapReason::trimmed: return "trimmed";
        case GapReason::too_far: return "too_far";
        case GapReason::cursor_unknown: return "cursor_unknown";
        case GapReason::unavailable: return "unavailable";
        case GapReason::slow_consumer: return "slow_consumer";
        case GapReason::superseded: return "superseded";
    }
    return "unavailable";
}

std::string resumed(Answer answer,
                    std::optional<GapReason> reason,
                    std::uint64_t replayed,
                    std::string_view cursor) {
    Writer writer("resumed", answer);
    writer.raw("recovered", reason ? "false" : "true");
    if (reason)
        writer.text("reason", to_string(*reason));
    else
        writer.raw("reason", "null");
    return writer.number("replayed", static_cast<std::int64_t>(replayed))
        .text("cursor", cursor)
        .finish();
}

std::string gap(std::string_view from, std::string_view to, GapReason reason, Timestamp now) {
    return Writer("gap", now)
        .text("from", from)
        .text("to", to)
        .text("reason", to_string(reason))
        .text("cursor", reason == GapReason::superseded ? from : to)
        .finish();
}

std::string token_expiring(Timestamp token_expires_at, Timestamp now) {
    return Writer("token_expiring", now).time("token_expires_at", token_expires_at).finish();
}

std::string server_draining(std::chrono::milliseconds reconnect_after, Timestamp now) {
    return Writer("server_draining", now)
        .number("reconnect_after_ms", reconnect_after.count())
        .finish();
}

std::string pong(Answer answer) {
    return Writer("pong", answer).finish();
}

std::string presence(const presence::Presence& presence, Timestamp now) {
    std::string members;
    append_presence_members(members, presence);
    return Writer("presence", now).members(members).finish();
}

std::string roster(std::span<const presence::Presence> people) {
    std::string out = "[";
    for (const auto& presence : people) {
        out += out.size() == 1 ? "{" : ",{";
        append_presence_members(out, presence);
        out += '}';
    }
    return out += ']';
}

}  // namespace rotacast::ws::v1

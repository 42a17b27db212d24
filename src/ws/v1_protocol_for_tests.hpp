#pragma once

// A v1 protocol without a socket: inputs are calls, the resulting actions are lines of a
// transcript. Messages that were sent appear without their timestamp.

#include "ws/v1_protocol.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rotacast::ws::v1::testing {

using namespace std::chrono_literals;

inline const Uuid me = *Uuid::parse("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa");
inline const Uuid other = *Uuid::parse("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb");
inline const Uuid connection = *Uuid::parse("cccccccc-cccc-4ccc-8ccc-cccccccccccc");
inline const Timestamp noon = *parse_timestamp("2026-11-23T12:00:00.000Z");

inline auth::Principal principal(std::chrono::milliseconds life = 15min, const Uuid& user = me) {
    return {user, "ann", auth::Role::resident, std::nullopt, noon + life, "jti"};
}

inline const Error no_token{ErrorCode::token_missing, "", ""};

/// Replaces `M` and `O` in the text with the two persons' identifiers.
inline std::string spelled(std::string text) {
    const std::pair<std::string, Uuid> letters[] = {{"\"M\"", me}, {"\"O\"", other}};
    for (const auto& [letter, id] : letters)
        for (auto at = text.find(letter); at != std::string::npos; at = text.find(letter))
            text.replace(at, letter.size(), '"' + to_string(id) + '"');
    return text;
}

inline std::string without_timestamp(std::string text) {
    const std::string key = R"(,"timestamp":")";
    const auto at = text.find(key);
    return text.erase(at, key.size() + 25);
}

inline std::string shown(std::span<const hub::Topic> topics) {
    std::string out;
    for (const auto& topic : topics) {
        out += topic.kind == hub::Topic::Kind::person ? " person " : " schedule ";
        out += topic.id == me ? "M" : topic.id == other ? "O" : to_string(topic.id);
    }
    return out;
}

class Session final : public Actions {
  public:
    explicit Session(const Rules& its_rules = {}) : rules(its_rules) {}

    // Actions.
    void send(std::string_view text) override { note(without_timestamp(std::string(text))); }
    void close(const CloseCode& code) override {
        const auto name = code.reason.substr(0, code.reason.find(':'));
        note("close " + std::to_string(code.code) + ' ' + std::string(name));
    }
    std::string position() override { return "k3.7"; }
    void refused(ErrorCode code) override { last_refused = code; }
    void subscribe(std::span<const hub::Topic> topics) override {
        note("subscribe" + shown(topics));
    }
    void unsubscribe(std::span<const hub::Topic> topics) override {
        note("unsubscribe" + shown(topics));
    }
    void set_presence(presence::PresenceStatement statement) override {
        note("presence " + std::string(statement.away ? "away " : "online ") +
             statement.page.value_or("nowhere"));
    }
    void unwatch_presence() override { note("unwatch_presence"); }
    Result<void> acknowledge(std::string_view cursor) override {
        note("acknowledge " + std::string(cursor));
        if (cursor == "bad") return Error{ErrorCode::cursor_invalid, "Bad.", "/cursor"};
        return {};
    }
    void check_token(std::string token) override { note("check_token " + token); }
    void go_live(GoLive request) override {
        note("go_live from " + request.from.value_or("now") +
             (request.latest ? " with latest" : "") + shown(request.topics));
        if (at_once) protocol.went_live(context(), *at_once);
    }
    void watch_presence(std::vector<Uuid> schedules) override {
        note("watch_presence of " + std::to_string(schedules.size()));
    }

    // Inputs.
    Context context() { return {*this, rules, noon + elapsed}; }
    std::string open(Result<auth::Principal> who = principal()) {
        protocol.opened(context(), std::move(who));
        return told();
    }
    std::string text(const std::string& text) {
        protocol.text(context(), spelled(text));
        return told();
    }
    std::string tick(std::chrono::milliseconds at) {
        elapsed = at;
        protocol.tick(context());
        return told();
    }
    std::string checked(Result<auth::Principal> result) {
        protocol.token_checked(context(), std::move(result));
        return told();
    }
    std::string went_live(const Result<Live>& live) {
        protocol.went_live(context(), live);
        return told();
    }
    std::string roster(std::string_view roster) {
        protocol.watching_presence(context(), roster);
        return told();
    }
    std::string told() { return std::exchange(transcript, ""); }

    Rules rules;
    Protocol protocol{connection};
    std::chrono::milliseconds elapsed{0};
    std::optional<ErrorCode> last_refused;
    std::optional<Live> at_once;  ///< the result that go_live returns from within the call
    std::string transcript;

  private:
    void note(const std::string& line) {
        if (!transcript.empty()) transcript += '\n';
        transcript += line;
    }
};

inline Live live_from(std::string cursor) {
    Live live;
    live.cursor = std::move(cursor);
    return live;
}

inline Session live_session(Rules rules = {}) {
    Session session(rules);
    session.open();
    session.text(R"({"action":"subscribe"})");
    session.went_live(live_from("k3.5"));
    return session;
}

inline const std::string greeting = without_timestamp(
    R"({"event_type":"connection_ack","timestamp":"2026-11-23T12:00:00.000Z",)"
    R"("user_id":"aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa","message":"Connection established",)"
    R"("connection_id":"cccccccc-cccc-4ccc-8ccc-cccccccccccc",)"
    R"("token_expires_at":"2026-11-23T12:15:00.000Z","ping_interval_ms":20000,)"
    R"("message_bytes_max":65536,"subscriptions_max":256})");

struct Row {
    std::string_view behaviour;
    std::string text;
    std::string transcript;
    std::optional<ErrorCode> refused = std::nullopt;
};

template <class MakeSession>
void check_each(std::span<const Row> rows, MakeSession make_session) {
    for (const auto& row : rows) {
        auto session = make_session();
        EXPECT_EQ(session.text(row.text), row.transcript) << row.behaviour;
        EXPECT_EQ(session.last_refused, row.refused) << row.behaviour;
    }
}

inline std::string refusal(std::string_view id,
                           ErrorCode code,
                           std::string_view message,
                           std::string_view path) {
    return without_timestamp(error({id, noon}, {code, std::string(message), std::string(path)}));
}

}  // namespace rotacast::ws::v1::testing

// A text message to a connection of rotacast.v1, before and after its first subscribe. Every input
// must be executed or rejected.
//
// Holds for every input: a message gets a response or starts one asynchronous action; every sent
// message is one JSON object; an error is one of the parser's; ids and strings stay within their
// bounds.

#include "reflect/json.hpp"
#include "ws/v1_protocol.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace rotacast;
using namespace rotacast::ws;

const Timestamp noon{std::chrono::seconds(1'767'096'000)};

void require(bool holds) {
    if (!holds) std::abort();
}

class Session final : public v1::Actions {
  public:
    void send(std::string_view text) override {
        const auto sent = reflect::parse_json(text);
        require(sent && sent->is_object());
        ++answers;
    }
    void close(const CloseCode&) override { std::abort(); }
    std::string position() override { return "k3.7"; }
    void refused(ErrorCode) override {}
    void subscribe(std::span<const hub::Topic> topics) override { check(topics); }
    void unsubscribe(std::span<const hub::Topic> topics) override { check(topics); }
    void set_presence(presence::PresenceStatement statement) override {
        require(statement.page.value_or("").size() <= statement.page_bytes_max);
        require(statement.schedules.size() <= statement.schedules_max);
    }
    void unwatch_presence() override {}
    Result<void> acknowledge(std::string_view cursor) override {
        require(!cursor.empty() && cursor.size() <= v1::cursor_bytes_max);
        return {};
    }
    void check_token(std::string) override {}
    void go_live(v1::GoLive request) override {
        require(request.from.value_or("").size() <= v1::cursor_bytes_max);
    }
    void watch_presence(std::vector<Uuid>) override {}

    int answers = 0;

  private:
    static void check(std::span<const hub::Topic> topics) {
        require(!topics.empty());
        require(std::ranges::is_sorted(topics, std::ranges::less_equal{}));
        for (const auto& topic : topics) require(topic.kind != hub::Topic::Kind::everybody);
    }
};

void check_message(std::string_view text) {
    const auto message = v1::parse_message(text);
    // Each byte of an `id` may be escaped as six.
    require(message.id.size() <= 6 * v1::command_id_bytes_max + 2);
    if (message.command) return;
    using enum ErrorCode;
    constexpr std::array refusals{
        bad_json, invalid_field, missing_field, unknown_action, cursor_invalid};
    require(std::ranges::find(refusals, message.command.error().code) != refusals.end());
}

void check_connection(std::string_view text, bool live) {
    const v1::Rules rules;
    Session session;
    const v1::Context context{session, rules, noon};
    v1::Protocol protocol{Uuid{}};
    protocol.opened(
        context,
        auth::Principal{Uuid{}, "", auth::Role::faculty, {}, noon + rules.auth_timeout, ""});
    if (live) {
        protocol.text(context, R"({"action":"subscribe"})");
        protocol.went_live(context, v1::Live{});
    }
    session.answers = 0;
    protocol.text(context, text);
    require(session.answers == (protocol.holding() ? 0 : 1));
    require(protocol.topics().size() <= rules.subscriptions_max);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_message(text);
    check_connection(text, false);
    check_connection(text, true);
    return 0;
}

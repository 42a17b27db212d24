#include "ws/command.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rotacast::ws {
namespace {

constexpr std::string_view id_text = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
const Uuid id = *Uuid::parse(id_text);

std::string with_id(std::string_view action, std::string_view key, std::string_view value) {
    return R"({"action":")" + std::string(action) + R"(",")" + std::string(key) + R"(":)" +
           std::string(value) + "}";
}
std::string quoted(std::string_view text) {
    return '"' + std::string(text) + '"';
}

TEST(Command, ParsesTheFiveActions) {
    EXPECT_EQ(parse_command(with_id("subscribe_schedule", "schedule_id", quoted(id_text))),
              Command{Subscribe{hub::Topic::schedule(id)}});
    EXPECT_EQ(parse_command(with_id("unsubscribe_schedule", "schedule_id", quoted(id_text))),
              Command{Unsubscribe{hub::Topic::schedule(id)}});
    EXPECT_EQ(parse_command(with_id("subscribe_person", "person_id", quoted(id_text))),
              Command{Subscribe{hub::Topic::person(id)}});
    EXPECT_EQ(parse_command(with_id("unsubscribe_person", "person_id", quoted(id_text))),
              Command{Unsubscribe{hub::Topic::person(id)}});
    EXPECT_EQ(parse_command(R"({"action":"ping","extra":[1,2]})"), Command{Ping{}});
}

TEST(Command, AcceptsBothSpellingsSnakeFirst) {
    EXPECT_EQ(parse_command(with_id("subscribe_person", "personId", quoted(id_text))),
              Command{Subscribe{hub::Topic::person(id)}});
    const auto both = R"({"action":"subscribe_person","personId":"bad","person_id":")" +
                      std::string(id_text) + "\"}";
    EXPECT_EQ(parse_command(both), Command{Subscribe{hub::Topic::person(id)}});
    const auto empty_snake = R"({"action":"subscribe_person","person_id":"","personId":")" +
                             std::string(id_text) + "\"}";
    EXPECT_EQ(parse_command(empty_snake), Command{Subscribe{hub::Topic::person(id)}});
}

TEST(Command, IgnoresUnknownCommandsAndReportsWhy) {
    struct Row {
        std::string text;
        Ignored reason;
    };
    const Row rows[] = {
        {"", Ignored::not_json},
        {"{", Ignored::not_json},
        {"\xEF\xBB\xBF", Ignored::not_json},
        {R"({"action":"ping"} x)", Ignored::not_json},
        {"[]", Ignored::not_an_object},
        {"\"ping\"", Ignored::not_an_object},
        {"null", Ignored::not_an_object},
        {"{}", Ignored::unknown_action},
        {R"({"action":7})", Ignored::unknown_action},
        {R"({"action":"PING"})", Ignored::unknown_action},
        {R"({"action":"subscribe_solver","taskId":"t"})", Ignored::unknown_action},
        {R"({"action":"subscribe_person"})", Ignored::no_id},
        {with_id("subscribe_person", "person_id", "null"), Ignored::no_id},
        {with_id("subscribe_person", "person_id", "\"\""), Ignored::no_id},
        {with_id("subscribe_person", "person_id", "0"), Ignored::bad_id},
        {with_id("subscribe_person", "person_id", "[]"), Ignored::bad_id},
        {with_id("subscribe_person", "person_id", "true"), Ignored::bad_id},
        {with_id("subscribe_person", "person_id", "\"x\""), Ignored::bad_id},
    };
    for (const auto& row : rows)
        EXPECT_EQ(parse_command(row.text), Command{row.reason}) << row.text;
}

TEST(Command, SurvivesDeepNesting) {
    EXPECT_EQ(parse_command(std::string(60000, '[')), Command{Ignored::not_json});
}

TEST(Command, UsesTheLastOfDuplicateKeys) {
    EXPECT_EQ(parse_command(R"({"action":"nope","action":"ping"})"), Command{Ping{}});
}

}  // namespace
}  // namespace rotacast::ws

#include "ws/v1_command.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rotacast::ws::v1 {
namespace {

constexpr std::string_view a_text = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
constexpr std::string_view b_text = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";
const Uuid a = *Uuid::parse(a_text);
const Uuid b = *Uuid::parse(b_text);

/// Replaces `A` and `B` in the text with the two identifiers.
std::string spelled(std::string text) {
    for (const auto& [letter, id] : {std::pair{'A', a_text}, {'B', b_text}})
        for (auto at = text.find(letter); at != std::string::npos; at = text.find(letter, at + 36))
            text.replace(at, 1, id);
    return text;
}

/// A JSON array of `count` different identifiers.
std::string uuids(int count) {
    std::string list;
    for (int i = 0; i < count; ++i)
        list += (i == 0 ? "[\"" : ",\"") + to_string(Uuid::derived(a, std::uint64_t(i))) + '"';
    return list + ']';
}

TEST(V1Command, ReadsEveryActionOfTheDocument) {
    struct Row {
        std::string text;
        Command command;
    };
    const Names lists{{b, a}, {a, a}, false};
    const Row rows[] = {
        {R"({"action":"subscribe"})", Subscribe{}},
        {R"({"action":"subscribe","schedules":[],"persons":[]})", Subscribe{}},
        {R"({"action":"subscribe","schedules":["B","A"],"persons":["A","A"],"latest":true})",
         Subscribe{lists, true}},
        {R"({"action":"unsubscribe","schedules":["B","A"],"persons":["A","A"]})",
         Unsubscribe{lists}},
        {R"({"action":"subscribe_schedule","schedule_id":"A"})", Subscribe{{{a}, {}, true}, false}},
        {R"({"action":"unsubscribe_schedule","schedule_id":"A"})", Unsubscribe{{{a}, {}, true}}},
        {R"({"action":"subscribe_person","person_id":"A"})", Subscribe{{{}, {a}, true}, false}},
        {R"({"action":"unsubscribe_person","person_id":"A"})", Unsubscribe{{{}, {a}, true}}},
        {R"({"action":"resume","cursor":"k3.1207","schedules":["B","A"],"persons":["A","A"]})",
         Resume{"k3.1207", lists}},
        {R"({"action":"resume","cursor":"anything"})", Resume{"anything", {}}},
        {R"({"action":"authenticate","token":"t"})", Authenticate{"t"}},
        {R"({"action":"refresh_token","token":"t"})", RefreshToken{"t"}},
        {R"({"action":"presence","status":"online"})", SetPresence{{false, std::nullopt, {}}}},
        {R"({"action":"presence","status":"away","page":null,"schedules":["B","A","B"]})",
         SetPresence{{true, std::nullopt, {a, b}}}},
        {R"({"action":"presence","status":"away","page":"/swaps"})",
         SetPresence{{true, "/swaps", {}}}},
        {R"({"action":"watch_presence"})", WatchPresence{}},
        {R"({"action":"watch_presence","schedules":["B","A","B"]})", WatchPresence{{a, b}}},
        {R"({"action":"unwatch_presence"})", UnwatchPresence{}},
        {R"({"action":"ack","cursor":"k3.1207"})", Acknowledge{"k3.1207"}},
        {R"({"action":"ping","later":{"fields":[1]}})", Ping{}},
        {R"({"action":"nope","action":"ping"})", Ping{}},
    };
    for (const auto& row : rows) {
        const auto message = parse_message(spelled(row.text));
        ASSERT_TRUE(message.command) << row.text << message.command.error().message;
        EXPECT_TRUE(*message.command == row.command) << row.text;
        EXPECT_EQ(message.id, "") << row.text;
    }
}

TEST(V1Command, KeepsTheIdUnchanged) {
    const std::string ids[] = {R"("r1")",
                               R"("Ünï \"q\" \u0001")",
                               R"("7")",
                               "0",
                               "7",
                               "-7",
                               "18446744073709551615",
                               "-9223372036854775808",
                               '"' + std::string(64, 'x') + '"'};
    for (const auto& id : ids) {
        EXPECT_EQ(parse_message(R"({"id":)" + id + R"(,"action":"ping"})").id, id);
        EXPECT_EQ(parse_message(R"({"id":)" + id + R"(,"action":"nope"})").id, id);
    }
}

TEST(V1Command, ReportsThePathOfAnError) {
    struct Row {
        std::string text;
        ErrorCode code;
        std::string_view path;
    };
    using enum ErrorCode;
    const std::string x65(65, 'x');
    const std::string x129(129, 'x');
    const Row rows[] = {
        {"", bad_json, ""},
        {"{", bad_json, ""},
        {R"({"action":"ping"} x)", bad_json, ""},
        {"\xEF\xBB\xBF", bad_json, ""},
        {std::string(60000, '['), bad_json, ""},
        {"[]", invalid_field, ""},
        {"null", invalid_field, ""},
        {"\"ping\"", invalid_field, ""},
        {"{}", missing_field, "/action"},
        {R"({"action":7})", invalid_field, "/action"},
        {R"({"action":null})", invalid_field, "/action"},
        {R"({"action":"PING"})", unknown_action, "/action"},
        {R"({"action":""})", unknown_action, "/action"},
        {R"({"action":"subscribe_solver"})", unknown_action, "/action"},
        {R"({"action":"ping","id":""})", invalid_field, "/id"},
        {R"({"action":"ping","id":null})", invalid_field, "/id"},
        {R"({"action":"ping","id":true})", invalid_field, "/id"},
        {R"({"action":"ping","id":1.0})", invalid_field, "/id"},
        {R"({"action":"ping","id":1e3})", invalid_field, "/id"},
        {R"({"action":"ping","id":18446744073709551616})", invalid_field, "/id"},
        {R"({"action":"ping","id":[1]})", invalid_field, "/id"},
        {R"({"action":"ping","id":{}})", invalid_field, "/id"},
        {R"({"action":"ping","id":")" + x65 + "\"}", invalid_field, "/id"},
        {R"({"action":"nope","id":[]})", invalid_field, "/id"},
        {R"({"action":"subscribe","schedules":"A"})", invalid_field, "/schedules"},
        {R"({"action":"subscribe","schedules":null})", invalid_field, "/schedules"},
        {R"({"action":"subscribe","schedules":["A","x"]})", invalid_field, "/schedules/1"},
        {R"({"action":"subscribe","persons":[7]})", invalid_field, "/persons/0"},
        {R"({"action":"subscribe","latest":1})", invalid_field, "/latest"},
        {R"({"action":"unsubscribe","persons":{}})", invalid_field, "/persons"},
        {R"({"action":"subscribe_schedule"})", missing_field, "/schedule_id"},
        {R"({"action":"subscribe_schedule","scheduleId":"A"})", missing_field, "/schedule_id"},
        {R"({"action":"subscribe_person","schedule_id":"A"})", missing_field, "/person_id"},
        {R"({"action":"unsubscribe_person","person_id":""})", invalid_field, "/person_id"},
        {R"({"action":"unsubscribe_schedule","schedule_id":null})", invalid_field, "/schedule_id"},
        {R"({"action":"resume"})", missing_field, "/cursor"},
        {R"({"action":"resume","cursor":7})", invalid_field, "/cursor"},
        {R"({"action":"resume","cursor":""})", cursor_invalid, "/cursor"},
        {R"({"action":"resume","cursor":")" + x65 + "\"}", cursor_invalid, "/cursor"},
        {R"({"action":"resume","cursor":"k3.1","persons":["x"]})", invalid_field, "/persons/0"},
        {R"({"action":"ack"})", missing_field, "/cursor"},
        {R"({"action":"ack","cursor":""})", cursor_invalid, "/cursor"},
        {R"({"action":"authenticate"})", missing_field, "/token"},
        {R"({"action":"authenticate","token":7})", invalid_field, "/token"},
        {R"({"action":"refresh_token"})", missing_field, "/token"},
        {R"({"action":"presence"})", missing_field, "/status"},
        {R"({"action":"presence","status":"offline"})", invalid_field, "/status"},
        {R"({"action":"presence","status":"away","page":7})", invalid_field, "/page"},
        {R"({"action":"presence","status":"away","page":")" + x129 + "\"}", invalid_field, "/page"},
        {R"({"action":"presence","status":"away","schedules":["x"]})",
         invalid_field,
         "/schedules/0"},
        {R"({"action":"presence","status":"away","schedules":)" + uuids(33) + "}",
         invalid_field,
         "/schedules"},
        {R"({"action":"watch_presence","schedules":[[]]})", invalid_field, "/schedules/0"},
    };
    for (const auto& row : rows) {
        const auto message = parse_message(spelled(row.text));
        ASSERT_FALSE(message.command) << row.text;
        EXPECT_EQ(message.command.error().code, row.code) << row.text;
        EXPECT_EQ(message.command.error().path, row.path) << row.text;
    }
}

TEST(V1Command, HasEachTopicOnceAndPointsAtPersons) {
    const Names lists{{b, a, b}, {a, b, a}, false};
    EXPECT_EQ(lists.topics(Uuid{}),
              (std::vector{hub::Topic::schedule(a),
                           hub::Topic::schedule(b),
                           hub::Topic::person(a),
                           hub::Topic::person(b)}));
    const Names told{{}, {a}, false, true};
    EXPECT_EQ(told.topics(b), (std::vector{hub::Topic::person(a), hub::Topic::user(b)}));
    EXPECT_EQ(lists.path_of_person(2), "/persons/2");
    EXPECT_EQ((Names{{}, {a}, true}).path_of_person(0), "/person_id");
}

TEST(V1Command, NeverRepeatsTheInputInErrors) {
    for (const auto* text : {R"({"action":"secret"})",
                             R"({"action":"presence","status":"secret"})",
                             R"({"action":"resume","cursor":["secret"]})",
                             R"({"action":"authenticate","token":{"secret":1}})",
                             R"({"action":"authenticate","token":"secret)",
                             R"({"action":"subscribe","persons":["secret"]})"}) {
        const auto message = parse_message(text);
        ASSERT_FALSE(message.command) << text;
        EXPECT_EQ(message.command.error().message.find("secret"), std::string::npos) << text;
        EXPECT_EQ(message.command.error().path.find("secret"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace rotacast::ws::v1

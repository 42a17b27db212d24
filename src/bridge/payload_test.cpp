#include "bridge/payload.hpp"

#include "bridge/message_id.hpp"
#include "reflect/json.hpp"

#include <gtest/gtest.h>

namespace rotacast::bridge {
namespace {

namespace client = events::client;

const std::string A = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
const std::string B = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";
const std::string C = "cccccccc-cccc-4ccc-8ccc-cccccccccccc";

Uuid id(const std::string& text) {
    return Uuid::parse(text).value();
}

const Timestamp time_of_capture = parse_timestamp("2026-11-23T06:25:49.203Z").value();

/// A payload that the original can have written, the event that it is, and what we write of it.
struct Vector {
    Channel channel;
    std::string payload;
    events::ClientEvent event;
};

std::vector<Vector> vectors() {
    const std::string time = R"("timestamp": "2026-11-23T06:25:49.203000"})";
    return {
        {Channel::schedule_updates,
         R"({"schedule_id": ")" + A + R"(", "academic_year_id": null, "user_id": ")" + C +
             R"(", "update_type": "generated", "affected_blocks_count": 3, )"
             R"("message": "h\u00e9\u00e9", )" +
             time,
         client::ScheduleUpdated{id(A), std::nullopt, id(C), "generated", 3, "h\u00e9\u00e9"}},
        {Channel::assignment_updates,
         R"({"assignment_id": ")" + A + R"(", "person_id": ")" + B + R"(", "block_id": ")" + C +
             R"(", "rotation_template_id": null, "change_type": "created", "changed_by": null, )"
             R"("message": "", )" +
             time,
         client::AssignmentChanged{id(A), id(B), id(C), std::nullopt, "created", {}, ""}},
        {Channel::swap_requests,
         R"({"swap_id": ")" + A + R"(", "requester_id": ")" + B + R"(", "target_person_id": ")" +
             C +
             R"(", "swap_type": "one_to_one", "status": "pending", "affected_assignments": [")" +
             A + R"(", ")" + B + R"("], "message": "\ud83d\ude00 \"q\" \\ \n\u2028\u007f", )" +
             time,
         client::SwapRequested{id(A),
                               id(B),
                               id(C),
                               "one_to_one",
                               {id(A), id(B)},
                               "\U0001F600 \"q\" \\ \n\u2028\x7F",
                               "pending"}},
        {Channel::swap_approvals,
         R"({"swap_id": ")" + A + R"(", "requester_id": ")" + B +
             R"(", "target_person_id": null, "swap_type": "absorb", "status": "approved", )"
             R"("approved_by": ")" +
             C + R"(", "affected_assignments": [], "message": "Swap approved", )" + time,
         client::SwapApproved{
             id(A), id(B), std::nullopt, id(C), {}, "Swap approved", "absorb", "approved"}},
        {Channel::conflict_alerts,
         R"({"conflict_id": null, "person_id": ")" + B +
             R"(", "conflict_type": "double_booking", "severity": "high", "affected_blocks": [")" +
             C + R"("], "message": "", )" + time,
         client::ConflictDetected{std::nullopt, id(B), "double_booking", "high", {id(C)}, ""}},
        {Channel::resilience_alerts,
         R"({"alert_type": "utilization_high", "severity": "red", "current_utilization": 1.0, )"
         R"("defense_level": null, "affected_persons": [], "message": "m", )"
         R"("recommendations": ["a", "b"], )" +
             time,
         client::ResilienceAlert{
             "utilization_high", "red", 1.0, std::nullopt, {}, "m", {"a", "b"}}},
    };
}

std::string text_of(const events::ClientEvent& event) {
    return std::visit(
        [](const auto& one) {
            std::string out;
            reflect::encode(out, one, {});
            return out;
        },
        event);
}

TEST(Payload, IsWrittenAsTheOriginalWritesIt) {
    for (const auto& [channel, payload, event] : vectors()) {
        EXPECT_EQ(channel_of(event), channel);
        EXPECT_EQ(encode_payload(event, time_of_capture), payload);
    }
}

TEST(Payload, OfTheOriginalIsReadToTheLetter) {
    for (const auto& [channel, payload, event] : vectors()) {
        const auto decoded = decode_payload(channel, payload);
        ASSERT_TRUE(decoded) << decoded.error().path << ' ' << decoded.error().message;
        EXPECT_EQ(decoded->remarks, std::vector<std::string>{});
        EXPECT_EQ(decoded->envelope.metadata.timestamp, time_of_capture);
        EXPECT_FALSE(decoded->envelope.metadata.event_id);
        std::string found;
        events::encode_own_members(found, decoded->envelope.event);
        EXPECT_EQ('{' + found.substr(1) + '}', text_of(event)) << name_of(channel);
    }
}

TEST(Payload, HasNoFractionAtAWholeSecond) {
    const auto text =
        encode_payload(client::ResilienceAlert{}, parse_timestamp("2025-01-02T03:04:05Z").value());
    EXPECT_TRUE(text.ends_with(R"("timestamp": "2025-01-02T03:04:05"})")) << text;
}

TEST(Payload, OfWhatHasNoChannelIsNothing) {
    EXPECT_EQ(channel_of(client::SolverComplete{}), std::nullopt);
    EXPECT_EQ(encode_payload(client::SolverComplete{}, time_of_capture), "");
}

TEST(Payload, TextThatIsNoUtf8GetsReplacementCharacters) {
    client::ResilienceAlert alert;
    alert.message = "a\xFF\xC3";
    const auto text = encode_payload(alert, time_of_capture);
    EXPECT_NE(text.find(R"("message": "a\ufffd\ufffd")"), std::string::npos) << text;
}

TEST(Payload, AnApprovalByNobodyIsOneByTheNilUuid) {
    const auto decoded = decode_payload(
        Channel::swap_approvals,
        R"({"swap_id": ")" + A + R"(", "requester_id": ")" + B + R"(", "approved_by": null})");
    ASSERT_TRUE(decoded);
    const auto& event = std::get<client::SwapApproved>(decoded->envelope.event);
    EXPECT_EQ(event.approved_by, Uuid{});
    EXPECT_EQ(event.status, "approved");
    EXPECT_NE(encode_payload(event, time_of_capture).find(R"("approved_by": null)"),
              std::string::npos);
}

TEST(Payload, MembersThatAreMissingOrNullAreEmpty) {
    const auto decoded = decode_payload(Channel::schedule_updates,
                                        R"({"schedule_id": "", "message": null, "extra": [1]})");
    ASSERT_TRUE(decoded);
    const auto& event = std::get<client::ScheduleUpdated>(decoded->envelope.event);
    EXPECT_EQ(event.schedule_id, std::nullopt);
    EXPECT_EQ(event.message, "");
    EXPECT_EQ(event.affected_blocks_count, 0);
    EXPECT_EQ(decoded->envelope.metadata.timestamp, std::nullopt);
    EXPECT_TRUE(decode_payload(Channel::resilience_alerts, "{}"));
}

TEST(Payload, AWordOutsideOfTheVocabularyIsKeptAndRemarkedOn) {
    const auto decoded = decode_payload(
        Channel::conflict_alerts,
        R"({"person_id": ")" + A + R"(", "conflict_type": "odd secret", "severity": "warning"})");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(std::get<client::ConflictDetected>(decoded->envelope.event).conflict_type,
              "odd secret");
    EXPECT_EQ(decoded->remarks,
              std::vector<std::string>{"/conflict_type is none of double_booking, acgme_violation, "
                                       "absence_overlap; it is shown as it is"});
}

struct Bad {
    Channel channel;
    std::string payload;
    ErrorCode code;
    std::string path;
};

TEST(Payload, ThatIsNoEventIsRefusedWithItsPlaceAndNeverRepeated) {
    const std::string with_person = R"({"person_id": ")" + A + '"';
    const std::vector<Bad> table{
        {Channel::swap_requests, "secret", ErrorCode::bad_json, ""},
        {Channel::swap_requests, "", ErrorCode::bad_json, ""},
        {Channel::resilience_alerts,
         R"({"current_utilization": NaN, "message": "secret"})",
         ErrorCode::bad_json,
         ""},
        {Channel::resilience_alerts, "{\"message\": \"secret\xFF\"}", ErrorCode::bad_json, ""},
        {Channel::swap_requests, R"(["secret"])", ErrorCode::invalid_field, ""},
        {Channel::swap_requests, "null", ErrorCode::invalid_field, ""},
        {Channel::swap_requests,
         R"({"requester_id": ")" + A + R"("})",
         ErrorCode::missing_field,
         "/swap_id"},
        {Channel::swap_requests,
         R"({"swap_id": null, "requester_id": ")" + A + R"("})",
         ErrorCode::missing_field,
         "/swap_id"},
        {Channel::conflict_alerts,
         R"({"person_id": "secret"})",
         ErrorCode::invalid_field,
         "/person_id"},
        {Channel::conflict_alerts, R"({"person_id": ""})", ErrorCode::invalid_field, "/person_id"},
        {Channel::conflict_alerts,
         with_person + R"(, "severity": 3})",
         ErrorCode::invalid_field,
         "/severity"},
        {Channel::conflict_alerts,
         with_person + R"(, "affected_blocks": ["secret"]})",
         ErrorCode::invalid_field,
         "/affected_blocks/0"},
        {Channel::conflict_alerts,
         with_person + R"(, "affected_blocks": {}})",
         ErrorCode::invalid_field,
         "/affected_blocks"},
        {Channel::conflict_alerts,
         with_person + R"(, "timestamp": "secret"})",
         ErrorCode::invalid_field,
         "/timestamp"},
        {Channel::schedule_updates,
         R"({"affected_blocks_count": "secret"})",
         ErrorCode::invalid_field,
         "/affected_blocks_count"},
        {Channel::schedule_updates,
         R"({"schedule_id": "secret"})",
         ErrorCode::invalid_field,
         "/schedule_id"},
    };
    for (const auto& [channel, payload, code, path] : table) {
        const auto decoded = decode_payload(channel, payload);
        ASSERT_FALSE(decoded) << payload;
        EXPECT_EQ(decoded.error().code, code) << payload << ": " << decoded.error().message;
        EXPECT_EQ(decoded.error().path, path) << payload;
        EXPECT_EQ(decoded.error().message.find("secret"), std::string::npos);
    }
}

TEST(Payload, HasAnIdentityOfItsChannelAndItsBytes) {
    const auto one = message_id(Channel::swap_requests, "{}");
    EXPECT_EQ(one, message_id(Channel::swap_requests, "{}"));
    EXPECT_NE(one, message_id(Channel::swap_approvals, "{}"));
    EXPECT_NE(one, message_id(Channel::swap_requests, "{} "));
    // Nodes of different versions hear the same message.
    EXPECT_EQ(to_string(one), "2186c487-a771-59b1-89a7-e878104e427e");
}

TEST(BridgedChannels, AreAllUnlessSomeAreNamed) {
    EXPECT_EQ(Channels().list().size(), channel_count);
    const Channels some({"graphql:conflict:alerts"}, "ward:");
    EXPECT_EQ(some.list(), std::vector{Channel::conflict_alerts});
    EXPECT_EQ(some.in_redis(Channel::conflict_alerts), "ward:graphql:conflict:alerts");
    EXPECT_EQ(some.find("ward:graphql:conflict:alerts"), Channel::conflict_alerts);
    EXPECT_EQ(some.find("graphql:conflict:alerts"), std::nullopt);
    EXPECT_EQ(some.find("ward:graphql:swap:requests"), std::nullopt);
}

}  // namespace
}  // namespace rotacast::bridge

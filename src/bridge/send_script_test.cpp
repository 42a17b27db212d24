// The script that sends, in a real Redis.

#include "bridge/message_id.hpp"
#include "bridge/send_encoding.hpp"
#include "redis/connection_for_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace rotacast::bridge {
namespace {

using redis::Command;
using redis::testing::RedisServer;

class SendScriptTest : public redis::testing::RedisTest {
  protected:
    void SetUp() override {
        auto options = server.options();
        connection = open(options).value();
        options.on_message = [this](const redis::Reply& message) {
            heard.push_back(*message.array()->at(2).text());
        };
        listener = open(options).value();
        for (const auto channel : channels.list())
            ask(listener, "SUBSCRIBE", channels.in_redis(channel));
        digest = *ask(connection, "SCRIPT", "LOAD", send_script)->text();
        order("e1", 10);
    }
    void TearDown() override {
        connection->close();
        listener->close();
    }

    /// What the cluster's own scripts write.
    void order(const std::string& epoch, bus::Offset last) {
        ask(connection, "HSET", keys.head, "epoch", epoch, "last", last);
    }

    redis::Reply reply_to(const SendCall& call) {
        return ask(connection, send_command(digest, call, keys, channels)).value();
    }
    SendAnswer send(const SendCall& call) { return decode_send_answer(reply_to(call)).value(); }
    /// The position after a call; 0: another answer.
    bus::Offset stand(const SendCall& call) {
        const auto answer = send(call);
        const auto* stands = std::get_if<Stands>(&answer);
        return stands ? stands->offset : 0;
    }

    static SendCall call(std::optional<bus::Offset> known, std::optional<bus::Offset> up_to) {
        SendCall call;
        call.epoch = "e1";
        call.known = known;
        call.up_to = up_to;
        return call;
    }
    /// With one message for each of these entries, and their number as payload.
    static SendCall with(SendCall call, const std::vector<bus::Offset>& offsets) {
        for (const auto offset : offsets) add(call, offset, 0, std::to_string(offset));
        return call;
    }
    static void add(SendCall& call, bus::Offset offset, std::uint32_t part, std::string payload) {
        OutgoingMessage message;
        message.offset = offset;
        message.part = part;
        message.channel = Channel::swap_requests;
        message.payload = std::move(payload);
        message.id = message_id(message.channel, message.payload);
        message.event_id = Uuid::derived({}, offset);
        call.messages.push_back(std::move(message));
    }

    /// All that the listener has been sent: its PING is answered behind it.
    std::vector<std::string> all_heard() {
        ask(listener, "PING");
        return std::exchange(heard, {});
    }

    using Payloads = std::vector<std::string>;

    RedisServer server;
    const cluster::KeyNames keys{"test"};
    const Channels channels;
    redis::ConnectionPtr connection;
    redis::ConnectionPtr listener;
    std::vector<std::string> heard;
    std::string digest;
};

TEST_F(SendScriptTest, BeginsAtTheEndOfTheOrder) {
    EXPECT_EQ(stand(call({}, {})), 10U);
    EXPECT_EQ(stand(with(call(10, 12), {11, 12})), 12U);
    EXPECT_EQ(all_heard(), (Payloads{"11", "12"}));
}

TEST_F(SendScriptTest, BeginsWhereTheFirstCallerSaysIfNobodyHasSentYet) {
    auto first = call({}, {});
    first.begin = 7;
    EXPECT_EQ(stand(first), 7U);
    first.begin = 3;
    EXPECT_EQ(stand(first), 7U);
}

TEST_F(SendScriptTest, SendsEachEntryOnceWhoeverSends) {
    stand(call({}, {}));
    stand(with(call(10, 12), {11, 12}));
    const auto late = send(with(call(10, 13), {11, 12, 13}));
    EXPECT_EQ(std::get<Stands>(late).sent, 1U);
    EXPECT_EQ(std::get<Stands>(late).offset, 13U);
    EXPECT_EQ(stand(with(call(10, 11), {11})), 13U) << "never back";
    EXPECT_EQ(all_heard(), (Payloads{"11", "12", "13"}));
}

TEST_F(SendScriptTest, BelievesANodeThatHasHeardMoreThanRedisKept) {
    stand(call({}, {}));
    EXPECT_EQ(stand(call(14, {})), 14U);
    EXPECT_EQ(stand(with(call(14, 15), {15})), 15U);
    ask(connection, "DEL", position_key(keys));
    EXPECT_EQ(stand(with(call(15, 16), {15, 16})), 16U);
    EXPECT_EQ(all_heard(), (Payloads{"15", "16"}));
}

TEST_F(SendScriptTest, SendsNothingInAnotherEpochThanTheOrders) {
    auto call_of_others = with(call({}, 11), {11});
    call_of_others.epoch = "e2";
    EXPECT_TRUE(std::holds_alternative<Behind>(send(call_of_others)));
    EXPECT_TRUE(all_heard().empty());
}

TEST_F(SendScriptTest, TranslatesAPositionOnlyIfItIsStillTheSame) {
    stand(call(20, {}));
    order("e2", 17);
    auto next = with(call({}, 18), {16, 17, 18});
    next.epoch = "e2";
    const auto answer = send(next);
    ASSERT_TRUE(std::holds_alternative<Elsewhere>(answer));
    EXPECT_EQ(std::get<Elsewhere>(answer).at, (SentPosition{"e1", 20}));
    next.translation = SendCall::Translation{{"e1", 19}, 15};
    EXPECT_TRUE(std::holds_alternative<Elsewhere>(send(next)));
    next.translation = SendCall::Translation{{"e1", 20}, 16};
    EXPECT_EQ(stand(next), 18U);
    next.translation.reset();
    EXPECT_EQ(stand(next), 18U);
    EXPECT_EQ(all_heard(), (Payloads{"17", "18"}));
}

TEST_F(SendScriptTest, MarksWhatItSendsAsARequestOfTheBridge) {
    auto one = with(call(10, 11), {11});
    stand(one);
    const auto key =
        keys.tag + "key:" + std::string(bridge_publisher) + ':' + to_string(one.messages[0].id);
    const auto field = [&](const char* name) {
        const auto reply = ask(connection, "HGET", key, name).value();
        return reply.text() ? *reply.text() : "nothing";
    };
    EXPECT_EQ(field("digest"), to_string(one.messages[0].id));
    EXPECT_EQ(field("epoch"), "e1");
    EXPECT_EQ(field("0"), "11 " + to_string(one.messages[0].event_id));
    const auto rest = *ask(connection, "PTTL", key)->integer();
    EXPECT_GT(rest, 0);
    EXPECT_LE(rest, sent_memory.count());
}

TEST_F(SendScriptTest, PublishesNothingIfItCannotNoteThePosition) {
    stand(call({}, {}));
    ask(connection, "CONFIG", "SET", "maxmemory", "1");
    EXPECT_NE(reply_to(with(call(10, 11), {11})).error(), nullptr);
    ask(connection, "CONFIG", "SET", "maxmemory", "0");
    EXPECT_EQ(stand(with(call(10, 11), {11})), 11U);
    EXPECT_EQ(all_heard(), Payloads{"11"});
}

TEST_F(SendScriptTest, GoesOnWithinAnEntryWhenARefusalIsOver) {
    ask(connection,
        "ACL",
        "SETUSER",
        "half",
        "on",
        "nopass",
        "~*",
        "+@all",
        "resetchannels",
        "&graphql:swap:*");
    auto options = server.options();
    options.credentials = {"half", "x"};
    const auto half = open(options).value();
    auto two = call(10, 12);
    add(two, 11, 0, "11a");
    add(two, 12, 0, "12a");
    add(two, 12, 1, "12b");
    two.messages.back().channel = Channel::conflict_alerts;
    const auto refused =
        decode_send_answer(ask(half, send_command(digest, two, keys, channels)).value()).value();
    EXPECT_EQ(std::get<Stands>(refused).offset, 11U);
    EXPECT_EQ(std::get<Stands>(refused).sent, 2U);
    EXPECT_EQ(redis::refusal_of({std::get<Stands>(refused).refusal}).kind,
              redis::RefusalKind::not_permitted)
        << std::get<Stands>(refused).refusal;
    EXPECT_EQ(stand(two), 12U);
    EXPECT_EQ(all_heard(), (Payloads{"11a", "12a", "12b"}));
    half->close();
}

TEST(SendAnswer, OfAnotherKindIsAnError) {
    using redis::Array;
    using redis::Reply;
    for (const auto& reply :
         {Reply{std::string("sent")},
          Reply{Array{}},
          Reply{Array{Reply{std::string("sent")}}},
          Reply{
              Array{Reply{std::string("sent")}, Reply{std::string("1x")}, Reply{std::string("1")}}},
          Reply{Array{Reply{std::string("elsewhere")}, Reply{std::string("e")}}}})
        EXPECT_FALSE(decode_send_answer(reply));
}

}  // namespace
}  // namespace rotacast::bridge

#include "bridge/outgoing_messages.hpp"

#include "bridge/incoming.hpp"
#include "bridge/message_id.hpp"
#include "bridge/payload.hpp"
#include "bridge/waiting_messages.hpp"

#include <gtest/gtest.h>

namespace rotacast::bridge {
namespace {

namespace client = events::client;
using namespace std::chrono_literals;

const Timestamp present = parse_timestamp("2026-11-23T06:25:49.203Z").value();

bus::Entry entry(bus::Offset offset, events::Event event, std::string publisher = "key:test") {
    bus::Entry entry;
    entry.offset = offset;
    entry.stored_at = present;
    entry.publisher = std::move(publisher);
    entry.envelope = events::wrap(std::move(event));
    entry.envelope.metadata.event_id = Uuid::random();
    entry.envelope.metadata.timestamp = present;
    return entry;
}

bus::EntryBatch batch(std::vector<bus::Entry> entries) {
    bus::EntryBatch batch;
    batch.epoch = "e";
    batch.entries = std::move(entries);
    return batch;
}

client::ResilienceAlert alert(std::string message) {
    client::ResilienceAlert alert;
    alert.alert_type = "n1_failure";
    alert.severity = "red";
    alert.message = std::move(message);
    return alert;
}

TEST(OutgoingMessages, AreThoseOfEventsWithAChannel) {
    const auto entries = batch({entry(4, client::SolverComplete{}),
                                entry(5, alert("a")),
                                entry(6, events::PersonCreated{})});
    const auto prepared = prepare(entries, Channels(), present);
    EXPECT_EQ(prepared.up_to, 6U);
    ASSERT_EQ(prepared.messages.size(), 1U);
    const auto& message = prepared.messages[0];
    EXPECT_EQ(message.offset, 5U);
    EXPECT_EQ(message.channel, Channel::resilience_alerts);
    EXPECT_EQ(message.payload, encode_payload(alert("a"), present));
    EXPECT_EQ(message.id, message_id(Channel::resilience_alerts, message.payload));
    EXPECT_EQ(message.event_id, entries.entries[1].envelope.metadata.event_id);
}

TEST(OutgoingMessages, NumberThePartsOfAnEventWithSeveral) {
    events::SwapExecuted swap;
    swap.swap_id = to_string(Uuid::random());
    swap.executed_by = to_string(Uuid::random());
    for (int i = 0; i < 2; ++i)
        swap.assignment_changes.push_back({{"assignment_id", to_string(Uuid::random())},
                                           {"person_id", to_string(Uuid::random())},
                                           {"block_id", to_string(Uuid::random())}});
    const auto prepared = prepare(batch({entry(1, swap)}), Channels(), present);
    ASSERT_EQ(prepared.messages.size(), 2U);
    EXPECT_EQ(prepared.messages[0].part, 0U);
    EXPECT_EQ(prepared.messages[1].part, 1U);
    EXPECT_EQ(prepared.messages[1].channel, Channel::assignment_updates);
}

TEST(OutgoingMessages, LeaveOutWhatCameInOverTheBridge) {
    SentMessages sent;
    const auto verdict =
        judge(Channel::resilience_alerts, encode_payload(alert("from outside"), present), sent);
    auto request = std::get<TakeIn>(verdict).request;
    auto taken = entry(1, std::move(request.envelopes[0].event), request.origin.publisher);
    const auto prepared = prepare(batch({std::move(taken)}), Channels(), present);
    EXPECT_TRUE(prepared.messages.empty());
    EXPECT_EQ(prepared.up_to, 1U);
}

TEST(OutgoingMessages, LeaveOutChannelsThatAreNotBridged) {
    const auto entries = batch({entry(1, alert("a"))});
    const Channels others({"graphql:swap:requests"});
    EXPECT_TRUE(prepare(entries, others, present).messages.empty());
}

TEST(OutgoingMessages, LeaveOutWhatIsNoNewsAnyMore) {
    const auto entries = batch({entry(1, alert("a")), entry(2, client::SolverComplete{})});
    EXPECT_EQ(prepare(entries, Channels(), present + 10min).late, 0U);
    const auto late = prepare(entries, Channels(), present + 10min + 1ms);
    EXPECT_EQ(late.late, 1U);
    EXPECT_TRUE(late.messages.empty());
    EXPECT_EQ(late.up_to, 2U) << "it is passed over, not waited for";
}

TEST(OutgoingMessages, EndBeforeTheEntryThatIsTooMuchForOneCall) {
    const auto entries = batch({entry(1, alert(std::string(600, 'a'))),
                                entry(2, alert(std::string(600, 'b'))),
                                entry(3, alert("c"))});
    PrepareOptions options;
    options.bytes_max = 1'000;
    EXPECT_EQ(prepare(entries, Channels(), present, options).up_to, 1U);
    options.bytes_max = 10;
    const auto one = prepare(entries, Channels(), present, options);
    EXPECT_EQ(one.messages.size(), 1U) << "one goes out in any case";
    EXPECT_EQ(one.up_to, 1U);
}

TEST(OutgoingMessages, OfNoEntriesAreNone) {
    EXPECT_EQ(prepare(batch({}), Channels(), present).up_to, 0U);
}

TEST(IncomingMessage, IsARequestThatEveryNodeMakesAlike) {
    const SentMessages sent;
    const auto payload = encode_payload(alert("a"), present);
    const auto verdict = judge(Channel::resilience_alerts, payload, sent);
    const auto& request = std::get<TakeIn>(verdict).request;
    const auto id = message_id(Channel::resilience_alerts, payload);
    EXPECT_EQ(request.envelopes.at(0).metadata.event_id, id);
    EXPECT_EQ(request.idempotency_key, to_string(id));
    EXPECT_EQ(request.content_digest, to_string(id));
    EXPECT_EQ(request.origin.publisher, "bridge");
    EXPECT_EQ(request.origin.user_id, std::nullopt);
}

TEST(IncomingMessage, OfThisNodeIsRecognised) {
    SentMessages sent;
    const auto payload = encode_payload(alert("a"), present);
    sent.add(message_id(Channel::resilience_alerts, payload));
    EXPECT_TRUE(std::holds_alternative<Own>(judge(Channel::resilience_alerts, payload, sent)));
    EXPECT_TRUE(
        std::holds_alternative<TakeIn>(judge(Channel::resilience_alerts, payload + ' ', sent)));
}

TEST(IncomingMessage, ThatIsTooLargeIsNotRead) {
    const auto code = [](std::size_t size) {
        std::string payload = R"({"message": ")";
        payload.append(size - payload.size() - 2, 'a') += "\"}";
        const auto verdict = judge(Channel::resilience_alerts, payload, SentMessages{});
        const auto* unusable = std::get_if<Unusable>(&verdict);
        return unusable ? static_cast<int>(unusable->error.code) : 0;
    };
    EXPECT_EQ(code(payload_bytes_max), 0);
    EXPECT_EQ(code(payload_bytes_max + 1), static_cast<int>(ErrorCode::too_large));
}

TEST(SentMessages, ForgetTheOldest) {
    SentMessages sent(2);
    const auto a = Uuid::random(), b = Uuid::random(), c = Uuid::random();
    for (const auto& id : {a, b, b, c}) sent.add(id);
    EXPECT_FALSE(sent.has(a));
    EXPECT_TRUE(sent.has(b));
    EXPECT_TRUE(sent.has(c));
}

TEST(WaitingMessages, KeepTheirOrderWithinTheirBound) {
    const auto cost = sizeof(WaitingMessages::Message) + 1;
    WaitingMessages waiting(2 * cost);
    EXPECT_TRUE(waiting.add(Channel::swap_requests, "a"));
    EXPECT_TRUE(waiting.add(Channel::conflict_alerts, "b"));
    EXPECT_FALSE(waiting.add(Channel::conflict_alerts, "c"));
    const auto first = waiting.take();
    EXPECT_EQ(first->payload, "a");
    EXPECT_EQ(first->channel, Channel::swap_requests);
    EXPECT_TRUE(waiting.add(Channel::conflict_alerts, "d"));
    EXPECT_EQ(waiting.take()->payload, "b");
    EXPECT_EQ(waiting.take()->payload, "d");
    EXPECT_FALSE(waiting.take());
}

}  // namespace
}  // namespace rotacast::bridge

#pragma once

// The test suite of every DeliveryStore. `Position` is where the store's data is: open() opens it,
// again after the former store was destroyed.

#include "bus/delivery_store.hpp"

#include <gtest/gtest.h>

namespace rotacast::bus {

using namespace std::chrono_literals;

template <class Position>
class DeliveryStoreSuite : public testing::Test {
  protected:
    DeliveryStoreSuite() { reopen(); }

    void reopen() {
        store.reset();
        store = place.open();
    }

    void begin() { store->begin(Durability::safe); }
    void commit() { ASSERT_TRUE(store->commit()); }

    SubscriberRecord add_subscriber(const std::string& name) {
        SubscriberRecord record;
        record.name = name;
        record.types = {"ScheduleArchived", "ScheduleDeleted"};
        record.epoch = "e1";
        record.present = true;
        store->save(record);
        return record;
    }

    Delivery delivery_of(const SubscriberRecord& subscriber, Offset offset) {
        Delivery delivery;
        delivery.subscriber = subscriber.id;
        delivery.epoch = "e1";
        delivery.entry.offset = offset;
        delivery.entry.stored_at = time;
        delivery.entry.publisher = "embedded";
        delivery.entry.envelope = events::wrap(events::ScheduleArchived{"a", "x", "because"});
        delivery.entry.envelope.metadata.event_id = Uuid::random();
        delivery.ordering_key = 7;
        delivery.due = time;
        return delivery;
    }

    Delivery add(const SubscriberRecord& subscriber, Offset offset, DeliveryState state) {
        auto delivery = delivery_of(subscriber, offset);
        delivery.state = state;
        EXPECT_TRUE(store->add(delivery));
        return delivery;
    }

    std::vector<Offset> due(const SubscriberRecord& subscriber, Timestamp by) {
        std::vector<Offset> offsets;
        for (const auto& row : store->due(subscriber.id, DeliveryState::waiting, false, by, 10))
            offsets.push_back(row.entry.offset);
        return offsets;
    }

    std::int64_t count(const SubscriberRecord& subscriber, DeliveryState state) {
        return store->count(subscriber.id)[static_cast<std::size_t>(state)];
    }

    const Timestamp time{1'700'000'000'000ms};
    Position place;
    std::unique_ptr<DeliveryStore> store;
};

TYPED_TEST_SUITE_P(DeliveryStoreSuite);

TYPED_TEST_P(DeliveryStoreSuite, KeepsOnlyWhatIsCommitted) {
    this->begin();
    auto kept = this->add_subscriber("kept");
    kept.position = 12;
    kept.failing_since = this->time;
    this->store->save(kept);
    this->commit();
    this->begin();
    this->add_subscriber("rolled back");
    EXPECT_TRUE(this->store->roll_back());
    this->begin();
    this->add_subscriber("never committed");
    this->reopen();
    this->begin();
    const auto all = this->store->records().subscribers();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].name, "kept");
    EXPECT_EQ(all[0].position, 12u);
    EXPECT_EQ(all[0].types, kept.types);
    EXPECT_EQ(all[0].failing_since, this->time);
    EXPECT_TRUE(all[0].present);
    this->store->nobody_present();
    EXPECT_FALSE(this->store->find_subscriber("kept")->present);
    this->commit();
}

TYPED_TEST_P(DeliveryStoreSuite, KeepsWhereAnEventComesFrom) {
    this->begin();
    const auto subscriber = this->add_subscriber("one");
    auto traced = this->delivery_of(subscriber, 1);
    traced.entry.envelope.provenance = events::shared({{}, {}, "r-1", {}});
    EXPECT_TRUE(this->store->add(traced));
    const auto untraced = this->add(subscriber, 2, DeliveryState::waiting);
    this->commit();
    this->reopen();
    const auto provenance_of = [&](const Delivery& delivery) {
        const auto id = *delivery.entry.envelope.metadata.event_id;
        return this->store->find_by_event(subscriber.id, id)->entry.envelope.provenance;
    };
    ASSERT_TRUE(provenance_of(traced));
    EXPECT_EQ(provenance_of(traced)->request_id, "r-1");
    EXPECT_FALSE(provenance_of(untraced));
}

TYPED_TEST_P(DeliveryStoreSuite, AnEventHasOneRowPerSubscriber) {
    this->begin();
    const auto one = this->add_subscriber("one");
    const auto other = this->add_subscriber("other");
    auto delivery = this->delivery_of(one, 1);
    EXPECT_TRUE(this->store->add(delivery));
    auto again = delivery;
    again.attempts = 99;
    EXPECT_FALSE(this->store->add(again));
    auto elsewhere = delivery;
    elsewhere.subscriber = other.id;
    EXPECT_TRUE(this->store->add(elsewhere));
    const auto id = *delivery.entry.envelope.metadata.event_id;
    const auto found = this->store->find_by_event(one.id, id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->attempts, 0);
    EXPECT_EQ(found->entry.envelope.aggregate_id, "a");
    this->store->remove(found->id);
    EXPECT_FALSE(this->store->find_by_event(one.id, id));
    EXPECT_TRUE(this->store->find_by_event(other.id, id));
    this->commit();
}

TYPED_TEST_P(DeliveryStoreSuite, DueRowsAreOrderedByTheirTime) {
    this->begin();
    const auto s = this->add_subscriber("s");
    auto late = this->add(s, 1, DeliveryState::waiting);
    late.due = this->time + 5s;
    this->store->update(late);
    this->add(s, 3, DeliveryState::waiting);
    this->add(s, 2, DeliveryState::waiting);
    this->add(s, 4, DeliveryState::pending);
    auto suspect = this->add(s, 5, DeliveryState::waiting);
    suspect.suspect = true;
    this->store->update(suspect);
    EXPECT_EQ(this->due(s, this->time), (std::vector<Offset>{2, 3}));
    EXPECT_EQ(this->due(s, this->time + 5s), (std::vector<Offset>{2, 3, 1}));
    EXPECT_EQ(this->store->next_due(s.id, DeliveryState::waiting, false, this->time),
              this->time + 5s);
    EXPECT_EQ(this->store->due(s.id, DeliveryState::waiting, true, this->time, 10).size(), 1u);
    EXPECT_EQ(this->store->due(s.id, DeliveryState::waiting, false, this->time, 1).size(), 1u);
    const auto outstanding = this->store->outstanding(s.id);
    EXPECT_EQ(outstanding.by_key, (std::map<std::uint64_t, std::int64_t>{{7, 5}}));
    EXPECT_EQ(outstanding.suspects, 1);
    this->commit();
}

TYPED_TEST_P(DeliveryStoreSuite, TheFirstPendingRowOfAKeyIsPromoted) {
    this->begin();
    const auto s = this->add_subscriber("s");
    this->add(s, 2, DeliveryState::pending);
    this->add(s, 1, DeliveryState::pending);
    auto elsewhere = this->delivery_of(s, 0);
    elsewhere.ordering_key = 8;
    elsewhere.state = DeliveryState::pending;
    this->store->add(elsewhere);
    this->store->promote(s.id, 7, this->time);
    EXPECT_EQ(this->due(s, this->time), (std::vector<Offset>{1}));
    this->commit();
}

TYPED_TEST_P(DeliveryStoreSuite, LeasesOfAnEarlierOpeningAreFound) {
    this->begin();
    const auto s = this->add_subscriber("s");
    auto leased = this->add(s, 1, DeliveryState::waiting);
    this->add(s, 2, DeliveryState::waiting);
    leased.attempts = 3;
    this->store->lease(leased, this->time + 30s);
    this->store->renew_leases(s.id, this->time + 60s);
    this->commit();
    this->reopen();
    this->begin();
    const auto lost = this->store->lost_leases(s.id);
    ASSERT_EQ(lost.size(), 1u);
    EXPECT_EQ(lost[0].entry.offset, 1u);
    EXPECT_EQ(lost[0].attempts, 3);
    this->commit();
}

TYPED_TEST_P(DeliveryStoreSuite, LettersAreClaimedOnceAndFinishTheirReplay) {
    this->begin();
    const auto s = this->add_subscriber("s");
    for (Offset at = 1; at <= 3; ++at) this->add(s, at, DeliveryState::dead);
    auto& records = this->store->records();
    Replay replay;
    replay.requested_by = "user:1";
    records.add_replay(replay);
    EXPECT_EQ(records.claim_dead_letters({}, replay.id, this->time, 100ms), 3);
    EXPECT_EQ(records.claim_dead_letters({}, replay.id, this->time, 100ms), 0);
    EXPECT_EQ(this->store->last_replaying(), this->time + 200ms);
    DeadLetterFilter one;
    one.id = this->store->due(s.id, DeliveryState::replaying, false, this->time, 1).at(0).id;
    EXPECT_EQ(records.discard(one, "known", this->time), 1);
    this->store->end_replay_of(replay.id, DeliveryState::dead);
    this->store->end_replay_of(replay.id, DeliveryState::leased);
    const auto now = records.find_replay(replay.id);
    ASSERT_TRUE(now);
    EXPECT_EQ(now->done, 1);
    EXPECT_EQ(now->failed, 1);
    EXPECT_EQ(now->discarded, 1);
    EXPECT_EQ(records.restore(one), 1);
    EXPECT_EQ(this->count(s, DeliveryState::dead), 1);
    EXPECT_EQ(this->count(s, DeliveryState::replaying), 2);
    this->commit();
}

TYPED_TEST_P(DeliveryStoreSuite, AHandlerLogRowIsWrittenOnce) {
    this->begin();
    const auto event = Uuid::random();
    for (int i = 0; i < 2; ++i)
        this->store->note({0, "s", event, {"told", "somebody", "by mail"}, this->time});
    this->store->note({0, "s", event, {"told", "another", ""}, this->time});
    this->commit();
    this->begin();
    EXPECT_EQ(this->store->records().handler_log("s", event, {}).size(), 2u);
    EXPECT_EQ(this->store->records().handler_log("t", event, {}).size(), 0u);
    this->commit();
}

TYPED_TEST_P(DeliveryStoreSuite, RemovingASubscriberRemovesItsDeliveries) {
    this->begin();
    const auto s = this->add_subscriber("s");
    const auto t = this->add_subscriber("t");
    this->add(s, 1, DeliveryState::dead);
    this->add(t, 1, DeliveryState::dead);
    this->store->records().remove_subscriber(s.id);
    EXPECT_FALSE(this->store->find_subscriber("s"));
    EXPECT_EQ(this->count(s, DeliveryState::dead), 0);
    EXPECT_EQ(this->store->records().dead_letters({}, {}).size(), 1u);
    this->commit();
}

REGISTER_TYPED_TEST_SUITE_P(DeliveryStoreSuite,
                            KeepsOnlyWhatIsCommitted,
                            KeepsWhereAnEventComesFrom,
                            AnEventHasOneRowPerSubscriber,
                            DueRowsAreOrderedByTheirTime,
                            TheFirstPendingRowOfAKeyIsPromoted,
                            LeasesOfAnEarlierOpeningAreFound,
                            LettersAreClaimedOnceAndFinishTheirReplay,
                            AHandlerLogRowIsWrittenOnce,
                            RemovingASubscriberRemovesItsDeliveries);

}  // namespace rotacast::bus

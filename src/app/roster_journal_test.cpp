// The roster projection with a real journal file, through restarts, retention, failed commits and
// files of earlier versions: it knows what the events contained, and later reads match what was
// delivered live.

#include "base/log.hpp"
#include "events/events_for_tests.hpp"
#include "projection/projector.hpp"
#include "projection/roster_projection.hpp"
#include "store/faulty_vfs_for_tests.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_journal.hpp"

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <thread>

namespace rotacast::app {
namespace {

using namespace std::chrono_literals;
using events::as_it_is;
using events::with;
using Missing = std::vector<std::string>;

const Missing nobody_said{"/person_id", "/block_id"};

class RosterJournalTest : public testing::Test {
  protected:
    RosterJournalTest() {
        log::set_level("off");  // failed commits are expected here
        options.connection.synchronous = store::Synchronous::normal;
    }
    ~RosterJournalTest() override { log::set_level("info"); }

    void open(bool with_roster = true) {
        journal.reset();
        roster = std::make_unique<projection::RosterProjection>();
        options.enricher = with_roster ? roster.get() : nullptr;
        auto opened = store::SqliteJournal::open(path, options);
        ASSERT_TRUE(opened) << opened.error().message;
        journal = std::move(*opened);
        journal->follow([this](bus::EntryBatchPtr batch) {
            const std::scoped_lock lock(mutex);
            for (const auto& entry : batch->entries) live.push_back(entry);
        });
    }

    static events::Envelope of(events::Event event) {
        auto envelope = events::wrap(std::move(event));
        envelope.metadata.event_id = Uuid::random();
        envelope.metadata.timestamp = now();
        return envelope;
    }

    Result<bus::Receipts> append(std::vector<events::Envelope> envelopes) {
        return append_request({std::move(envelopes), "key:test", std::nullopt, ""});
    }

    Result<bus::Receipts> append_request(bus::AppendRequest request) {
        auto promise = std::make_shared<std::promise<Result<bus::Receipts>>>();
        auto answer = promise->get_future();
        journal->append(std::move(request), [promise](Result<bus::Receipts> receipts) {
            promise->set_value(std::move(receipts));
        });
        return answer.get();
    }

    events::Envelope duty(const Uuid& id, std::string message = "") const {
        return of(with<events::AssignmentCreated>(to_string(id),
                                                  to_string(person),
                                                  to_string(block),
                                                  as_it_is,
                                                  "primary",
                                                  std::move(message),
                                                  "s"));
    }

    /// What the publisher of an event that only names the assignment is told.
    Missing ask(const Uuid& id) {
        return append({of(with<events::AssignmentConfirmed>(to_string(id), "x"))})
            .value()
            .at(0)
            .unseen;
    }

    store::ScratchDirectory folder;
    std::string path = folder.file("test.db");
    store::SqliteJournalOptions options;
    std::unique_ptr<projection::RosterProjection> roster;
    std::unique_ptr<store::SqliteJournal> journal;
    std::mutex mutex;
    std::vector<bus::Entry> live;
    const Uuid person = Uuid::random();
    const Uuid block = Uuid::random();
    const Uuid a = Uuid::random();
    const Uuid b = Uuid::random();
};

TEST_F(RosterJournalTest, KnowsEventsFromBeforeARestart) {
    open();
    ASSERT_TRUE(append({duty(a)}));
    open();
    EXPECT_EQ(ask(a), Missing{});
    EXPECT_EQ(ask(b), nobody_said);
    EXPECT_EQ(roster->assigned_to("s"), std::vector{to_string(person)});
}

TEST_F(RosterJournalTest, LaterReadsMatchLiveDelivery) {
    open();
    ASSERT_TRUE(append({duty(a), of(with<events::AssignmentConfirmed>(to_string(a), "x"))}));
    ASSERT_TRUE(append({of(with<events::AssignmentUpdated>(
        to_string(a),
        "x",
        events::json::object{{"person_id", to_string(b)}, {"block_id", to_string(b)}},
        as_it_is))}));
    open();
    const auto read = journal->read(0, 100).value();
    ASSERT_EQ(read->entries.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto then = projection::project(live[i], "e");
        const auto later = projection::project(read->entries[i], "e");
        ASSERT_EQ(then.size(), 1u);
        ASSERT_EQ(later.size(), 1u);
        EXPECT_EQ(then[0].topics, later[0].topics);
        std::string live_text;
        std::string later_text;
        std::visit([&](const auto& e) { reflect::encode_members(live_text, e, {}); },
                   then[0].event);
        std::visit([&](const auto& e) { reflect::encode_members(later_text, e, {}); },
                   later[0].event);
        EXPECT_EQ(live_text, later_text);
    }
}

TEST_F(RosterJournalTest, KnowsEventsDeletedByRetentionEvenAfterARestart) {
    options.retention.entries_max = 2;
    open();
    ASSERT_TRUE(append({duty(a)}));
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(append({duty(b)}));
    while (journal->state().first == 1) std::this_thread::yield();
    open();
    EXPECT_GT(journal->state().first, 1u);
    EXPECT_EQ(ask(a), Missing{});
    EXPECT_EQ(ask(b), Missing{});
}

TEST_F(RosterJournalTest, AFailedCommitChangesNothing) {
    options.connection.pages_max = 160;
    options.maintenance_interval = 1h;
    open();
    std::vector<events::Envelope> too_much{duty(a)};
    for (int i = 0; i < 100; ++i) too_much.push_back(duty(b, std::string(20'000, 'x')));
    EXPECT_EQ(append(std::move(too_much)).error().code, ErrorCode::unavailable);
    EXPECT_EQ(ask(a), nobody_said);
    EXPECT_TRUE(roster->assigned_to("s").empty());
    ASSERT_TRUE(append({duty(a)}));
    EXPECT_EQ(ask(a), Missing{});
}

// All its entries were added, and then the disk had no room for the commit.
TEST_F(RosterJournalTest, ACommitThatCannotBeWrittenChangesNothing) {
    store::FaultyVfs disk;
    options.maintenance_interval = 1ms;
    open();
    disk.fail_write(1, store::FaultyVfs::for_ever);
    EXPECT_EQ(append({duty(a)}).error().code, ErrorCode::unavailable);
    disk.heal();
    while (!journal->state().writable) std::this_thread::yield();
    EXPECT_EQ(ask(a), nobody_said);
    journal.reset();
}

TEST_F(RosterJournalTest, ARefusedRequestChangesNothing) {
    open();
    auto used = duty(b);
    ASSERT_TRUE(append({used}));
    std::get<events::AssignmentCreated>(used.event).role = "backup";
    EXPECT_EQ(append({duty(a), used}).error().code, ErrorCode::idempotency_conflict);
    EXPECT_EQ(ask(a), nobody_said);
}

TEST_F(RosterJournalTest, RefusesWhatNobodyWouldSeeIfAskedTo) {
    open();
    const auto strictly = [this](std::vector<events::Envelope> envelopes) {
        bus::AppendRequest request{std::move(envelopes), "key:test", std::nullopt, ""};
        request.refuse_unseen = true;
        return append_request(std::move(request));
    };
    const auto confirmed = [](const Uuid& id) {
        return of(with<events::AssignmentConfirmed>(to_string(id), "x"));
    };
    const auto alone = strictly({confirmed(b)});
    ASSERT_TRUE(alone.has_error());
    EXPECT_EQ(alone.error().code, ErrorCode::invalid_field);
    EXPECT_EQ(alone.error().path, "/0/person_id");
    const auto refused = strictly({duty(a), confirmed(a), confirmed(b)});
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().path, "/2/person_id");
    ASSERT_EQ(refused.error().others.size(), 1U);
    EXPECT_EQ(refused.error().others[0].path, "/2/block_id");
    EXPECT_EQ(journal->state().last, 0U);
    EXPECT_EQ(ask(a), nobody_said) << "what a refused request said is not known";
    // Earlier events of the same request count.
    EXPECT_TRUE(strictly({duty(b), confirmed(b)}));
    // What is stored already is not refused when it is repeated.
    const auto stored = confirmed(a);
    ASSERT_TRUE(append({stored}));
    EXPECT_TRUE(strictly({stored}).value().at(0).duplicate);
}

TEST_F(RosterJournalTest, IsBuiltFromAFileWrittenWithoutIt) {
    open(false);
    ASSERT_TRUE(append({duty(a)}));
    ASSERT_TRUE(append({of(with<events::AssignmentConfirmed>(to_string(a), "x"))}));
    options.retention.entries_max = 1;
    open();  // builds the projection and stores it
    EXPECT_EQ(ask(b), nobody_said);
    while (journal->state().first < 3) std::this_thread::yield();
    open();
    EXPECT_EQ(ask(a), Missing{});
}

}  // namespace
}  // namespace rotacast::app

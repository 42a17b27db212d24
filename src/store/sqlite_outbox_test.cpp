#include "store/sqlite_outbox.hpp"

#include "base/log.hpp"
#include "store/faulty_vfs_for_tests.hpp"
#include "store/journal_requests_for_tests.hpp"
#include "store/outbox_request.hpp"
#include "store/scratch_directory.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <future>

namespace rotacast::store {
namespace {

using namespace std::chrono_literals;
using bus::one_event;
using bus::request_of;
using bus::some_event;
using Sequence = SqliteOutbox::Sequence;

class SqliteOutboxTest : public testing::Test {
  protected:
    void open() {
        outbox.reset();
        outbox = SqliteOutbox::open(path, options).value();
    }
    Result<Sequence> add(bus::AppendRequest request) {
        std::promise<Result<Sequence>> promise;
        outbox->add(std::move(request),
                    [&](Result<Sequence> added) { promise.set_value(std::move(added)); });
        return promise.get_future().get();
    }
    Result<Sequence> add_all(std::vector<bus::AppendRequest> requests) {
        std::promise<Result<Sequence>> promise;
        outbox->add_all(std::move(requests),
                        [&](Result<Sequence> added) { promise.set_value(std::move(added)); });
        return promise.get_future().get();
    }
    Result<void> remove(std::vector<Sequence> rows) {
        std::promise<Result<void>> promise;
        outbox->remove(std::move(rows),
                       [&](Result<void> done) { promise.set_value(std::move(done)); });
        return promise.get_future().get();
    }
    Result<void> remove_up_to(Sequence last) {
        std::promise<Result<void>> promise;
        outbox->remove_up_to(last, [&](Result<void> done) { promise.set_value(std::move(done)); });
        return promise.get_future().get();
    }
    std::vector<Sequence> sequences(Sequence after = 0) {
        std::vector<Sequence> found;
        for (const auto& row : outbox->read(after, 100'000, 1 << 30).value())
            found.push_back(row.sequence);
        return found;
    }
    void wait_until_writable() const {
        while (!outbox->state().writable) std::this_thread::yield();
    }

    ScratchDirectory folder;
    std::string path = folder.file("test.db-outbox");
    SqliteOutboxOptions options;
    std::unique_ptr<SqliteOutbox> outbox;
};

bus::AppendRequest large_row() {
    return request_of({bus::large_event(40'000)});
}

TEST_F(SqliteOutboxTest, KeepsAllOfARequest) {
    auto request = request_of({some_event("a\"ä\n"), some_event("b")});
    request.idempotency_key = "k 1";
    request.content_digest = "digest";
    request.version_claims = {{0, {}}, {1, {bus::Cursor{"e1", {7}}}}};
    request.refuse_unseen = true;
    events::Provenance said;
    said.request_id = "r-1";
    request.envelopes[1].provenance = events::shared(std::move(said));
    open();
    EXPECT_EQ(add(request).value(), 1U);
    for (const bool reopened : {false, true}) {
        if (reopened) open();
        const auto rows = outbox->read(0, 10).value();
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows[0].sequence, 1U);
        EXPECT_LE(now() - rows[0].stored_at, 1h);
        const auto& read = rows[0].request.value();
        ASSERT_EQ(read.envelopes.size(), 2U);
        for (std::size_t i = 0; i < 2; ++i)
            EXPECT_EQ(events::to_json(read.envelopes[i]), events::to_json(request.envelopes[i]));
        EXPECT_FALSE(read.envelopes[0].provenance);
        EXPECT_EQ(*read.envelopes[1].provenance, *request.envelopes[1].provenance);
        EXPECT_EQ(read.publisher, request.publisher);
        EXPECT_EQ(read.idempotency_key, request.idempotency_key);
        EXPECT_EQ(read.content_digest, request.content_digest);
        EXPECT_TRUE(read.refuse_unseen);
        ASSERT_EQ(read.version_claims.size(), 2U);
        EXPECT_EQ(read.version_claims[0].event, 0U);
        EXPECT_FALSE(read.version_claims[0].expected.last);
        EXPECT_EQ(read.version_claims[1].event, 1U);
        EXPECT_EQ(read.version_claims[1].expected.last, (bus::Cursor{"e1", {7}}));
    }
}

TEST_F(SqliteOutboxTest, NumbersRowsInOrderAndNeverTwice) {
    open();
    for (Sequence i = 1; i <= 3; ++i) EXPECT_EQ(add(one_event()).value(), i);
    EXPECT_EQ(add_all({one_event(), one_event()}).value(), 5U);
    EXPECT_EQ(sequences(), (std::vector<Sequence>{1, 2, 3, 4, 5}));
    EXPECT_EQ(sequences(3), (std::vector<Sequence>{4, 5}));
    ASSERT_TRUE(remove({2, 4, 77}));
    EXPECT_EQ(sequences(), (std::vector<Sequence>{1, 3, 5}));
    ASSERT_TRUE(remove_up_to(~Sequence{0}));
    EXPECT_TRUE(sequences().empty());
    open();
    EXPECT_EQ(outbox->state().last, 5U);
    EXPECT_EQ(add(one_event()).value(), 6U);
}

TEST_F(SqliteOutboxTest, CountsItsRowsAndTheirBytes) {
    open();
    const auto request = one_event();
    const auto bytes = outbox_text(request).value().size();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(add(request));
    for (const bool reopened : {false, true}) {
        if (reopened) open();
        EXPECT_EQ(outbox->state().rows, 3U);
        EXPECT_EQ(outbox->state().bytes, 3 * bytes);
    }
    ASSERT_TRUE(remove({1}));
    EXPECT_EQ(outbox->state().rows, 2U);
    EXPECT_EQ(outbox->state().bytes, 2 * bytes);
    ASSERT_TRUE(remove_up_to(3));
    EXPECT_EQ(outbox->state().rows, 0U);
    EXPECT_EQ(outbox->state().bytes, 0U);
}

TEST_F(SqliteOutboxTest, ReadsWithinBounds) {
    open();
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(add(large_row()));
    EXPECT_EQ(outbox->read(0, 2).value().size(), 2U);
    EXPECT_EQ(outbox->read(0, 10, 60'000).value().size(), 2U);
    EXPECT_EQ(outbox->read(0, 10, 1).value().size(), 1U);
    EXPECT_TRUE(outbox->read(~Sequence{0}, 10).value().empty());
}

TEST_F(SqliteOutboxTest, RefusesRowsBeyondItsBounds) {
    options.rows_max = 3;
    open();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(add(one_event()));
    const auto refused = add(one_event());
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_NE(refused.error().message.find("full"), std::string::npos);
    EXPECT_TRUE(outbox->state().writable);
    EXPECT_EQ(add_all({one_event()}).value(), 4U) << "what is nowhere else is taken";
    ASSERT_TRUE(remove({1, 2}));
    EXPECT_TRUE(add(one_event()));
    options.rows_max = 100;
    options.bytes_max = outbox->state().bytes + 10'000;
    open();
    EXPECT_TRUE(add(large_row()).has_error());
    EXPECT_TRUE(add(one_event()));
}

TEST_F(SqliteOutboxTest, RefusesWhatNoJournalWouldTake) {
    open();
    EXPECT_EQ(add(request_of({})).error().code, ErrorCode::empty_request);
    auto nameless = some_event();
    nameless.metadata.event_id.reset();
    EXPECT_EQ(add(request_of({nameless})).error().code, ErrorCode::missing_field);
    EXPECT_EQ(outbox->state().rows, 0U);
}

TEST_F(SqliteOutboxTest, ClosingStoresWhatWasAccepted) {
    open();
    std::atomic<int> stored = 0;
    for (int i = 0; i < 200; ++i)
        outbox->add(one_event(), [&](const Result<Sequence>& added) { stored += added ? 1 : 0; });
    outbox->close();
    EXPECT_EQ(stored, 200);
    EXPECT_EQ(add(one_event()).error().code, ErrorCode::unavailable);
    EXPECT_EQ(remove({1}).error().code, ErrorCode::unavailable);
    open();
    EXPECT_EQ(outbox->state().rows, 200U);
}

TEST_F(SqliteOutboxTest, ARowThatCannotBeReadDoesNotHideTheOthers) {
    open();
    ASSERT_TRUE(add(one_event()));
    ASSERT_TRUE(add(one_event()));
    {
        auto other = Connection::open(path).value();
        ASSERT_TRUE(other.execute("UPDATE outbox SET request = '{}' WHERE sequence = 1"));
    }
    const auto rows = outbox->read(0, 10).value();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].request.error().code, ErrorCode::internal);
    EXPECT_TRUE(rows[1].request);
}

TEST_F(SqliteOutboxTest, GivesTheDiskBackWhenItIsEmpty) {
    open();
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(add_all(std::vector(50, large_row())));
    ASSERT_TRUE(remove_up_to(1'000));
    ASSERT_TRUE(remove({}));  // the writer has shrunk the file by now
    EXPECT_EQ(add(one_event()).value(), 1'001U);
    outbox.reset();
    EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
    EXPECT_LT(std::filesystem::file_size(path), 1 << 20);
    open();
    EXPECT_EQ(sequences(), std::vector<Sequence>{1'001});
}

TEST_F(SqliteOutboxTest, OnlyOneProcessCanUseIt) {
    open();
    EXPECT_EQ(SqliteOutbox::open(path, options).error().code, ErrorCode::unavailable);
}

TEST_F(SqliteOutboxTest, AFileOfANewerVersionIsRefused) {
    open();
    outbox.reset();
    ASSERT_TRUE(Connection::open(path).value().execute("PRAGMA user_version=99"));
    EXPECT_EQ(SqliteOutbox::open(path, options).error().code, ErrorCode::internal);
}

TEST_F(SqliteOutboxTest, AFullDiskIsToldAndTriedAgain) {
    options.connection.pages_max = 100;
    options.retry_interval = 1ms;
    log::set_level("off");
    open();
    ASSERT_TRUE(add(one_event()));
    EXPECT_EQ(add_all(std::vector(20, large_row())).error().code, ErrorCode::unavailable);
    wait_until_writable();
    EXPECT_EQ(outbox->state().rows, 1U);
    EXPECT_TRUE(add(one_event()));
    EXPECT_EQ(sequences().size(), 2U);
    log::set_level("info");
}

// The child is killed while it adds; each row that it was answered for is there.
TEST_F(SqliteOutboxTest, SurvivesTheEndOfItsProcess) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        ::close(ends[0]);
        auto opened = SqliteOutbox::open(path, options);
        if (!opened) ::_exit(1);
        for (;;) {
            std::promise<void> last;
            for (int i = 0; i < 20; ++i)
                (*opened)->add(one_event(), [&, i](const Result<Sequence>& added) {
                    const Sequence sequence = added ? *added : 0;
                    if (::write(ends[1], &sequence, sizeof sequence) != sizeof sequence) ::_exit(1);
                    if (i == 19) last.set_value();
                });
            last.get_future().wait();
        }
    }
    ::close(ends[1]);
    Sequence answered = 0;
    const auto next = [&] {
        return ::read(ends[0], &answered, sizeof answered) == sizeof answered;
    };
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(next());
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    while (next()) EXPECT_GT(answered, 0U);
    ::close(ends[0]);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    open();
    const auto found = sequences();
    ASSERT_GE(found.size(), answered);
    for (Sequence i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], i + 1);
}

}  // namespace
}  // namespace rotacast::store

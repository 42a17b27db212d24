// A whole server whose journal was restored from a copy: handlers process new events once, and
// clients that reconnect are told.

#include "app/commands/operator_client.hpp"
#include "app/node.hpp"
#include "auth/jwt.hpp"
#include "base/log.hpp"
#include "events/cursor.hpp"
#include "store/journal_mark.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_directory.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>

namespace rotacast::app {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using events::ScheduleArchived;

const std::string jwt_secret(32, 's');

class NodeRestoreTest : public testing::Test {
  protected:
    NodeRestoreTest() {
        config.listen = "127.0.0.1:0";
        config.database = folder.file("rotacast.db");
        config.drain_window_s = 0;
        config.drain_timeout_s = 0;
        config.handlers.enabled = "off";
        auto directory = store::SqliteDirectory::open(config.database).value();
        auth::User user;
        user.id = Uuid::random();
        user.username = "ada";
        user.role = auth::Role::coordinator;
        EXPECT_TRUE(directory->add_user(user));
        const auth::TokenIssuer issuer(jwt_secret, 600s, 600s);
        std::ofstream(folder.file("token")) << issuer.issue_access(user, now()).value().token;
        log::set_level("off");
    }
    ~NodeRestoreTest() override {
        if (node) node->stop();
        log::set_level("info");
    }

    void start() {
        node = std::make_unique<Node>(config, jwt_secret);
        ASSERT_TRUE(node->open());
        ASSERT_TRUE(node->bus().on("handler", [this](const ScheduleArchived& event) {
            const std::scoped_lock lock(mutex);
            ++handled[event.schedule_id];
            changed.notify_all();
        }));
        ASSERT_TRUE(node->start());
    }

    /// Publishes and waits until the handler has received each event.
    void publish(const std::string& name, int from, int to) {
        for (int i = from; i <= to; ++i)
            ASSERT_TRUE(
                node->bus().publish(ScheduleArchived{name + std::to_string(i), "x", {}}).get());
        std::unique_lock lock(mutex);
        ASSERT_TRUE(changed.wait_for(
            lock, 60s, [&] { return handled.contains(name + std::to_string(to)); }));
    }

    void copy(const std::string& from, const std::string& to) const {
        for (const char* part : {"", "-wal", "-shm"}) fs::remove(folder.file(to + part));
        for (const char* part : {"", "-wal"})
            if (fs::exists(folder.file(from + part)))
                fs::copy_file(folder.file(from + part), folder.file(to + part));
    }

    /// Keeps the existing files.
    void overwrite(const std::string& with, const std::string& part) const {
        std::ofstream(folder.file("rotacast.db") + part, std::ios::binary | std::ios::trunc)
            << std::ifstream(folder.file(with) + part, std::ios::binary).rdbuf();
    }

    /// The page of events after a cursor, as GraphQL returns it.
    reflect::json::object events_behind(const std::string& cursor) const {
        OperatorFlags flags;
        flags.url = node->url();
        flags.token_file = folder.file("token");
        const auto query =
            "{ events(after: \"" + cursor + "\") { cursor gap { from to reason } } }";
        const auto answer =
            OperatorClient::open(flags).value().post("/graphql", {{"query", query}}).value();
        return answer.value.at("data").at("events").as_object();
    }

    void expect_each_handled_once(std::size_t count) {
        const std::scoped_lock lock(mutex);
        EXPECT_EQ(handled.size(), count);
        for (const auto& [schedule, times] : handled) EXPECT_EQ(times, 1) << schedule;
    }

    void expect_told(const std::string& cursor) const {
        const auto page = events_behind(cursor);
        ASSERT_TRUE(page.at("gap").is_object()) << cursor;
        EXPECT_EQ(page.at("gap").at("reason").as_string(), "epoch_changed");
        EXPECT_EQ(page.at("gap").at("from").as_string(), cursor.c_str());
        EXPECT_NE(epoch_of(std::string(page.at("cursor").as_string())), epoch_of(cursor));
    }

    static std::string cursor_of(const std::string& epoch, events::Offset offset) {
        return to_string(events::Cursor{epoch, {offset}});
    }

    static std::string epoch_of(const std::string& cursor) {
        return events::Cursor::parse(cursor).value().epoch;
    }

    store::ScratchDirectory folder;
    Config config;
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::string, int> handled;
    std::unique_ptr<Node> node;
};

TEST_F(NodeRestoreTest, ARestoredCopyAndOtherEventsAtTheSameOffsets) {
    start();
    publish("first", 1, 100);
    const auto at_100 = std::string(events_behind("e.0").at("gap").at("to").as_string());
    const auto epoch = epoch_of(at_100);
    node->stop();
    copy("rotacast.db", "copy.db");
    start();
    EXPECT_TRUE(events_behind(cursor_of(epoch, 100)).at("gap").is_null()) << "the epoch stays";
    publish("lost", 101, 105);
    node->stop();
    copy("copy.db", "rotacast.db");
    start();
    publish("other", 101, 105);
    node->stop();
    expect_each_handled_once(110);
    start();
    for (const events::Offset offset : {3U, 100U, 103U, 105U, 106U})
        expect_told(cursor_of(epoch, offset));
}

TEST_F(NodeRestoreTest, PowerLossThatTakesTheLastCommits) {
    config.journal.synchronous = "NORMAL";
    start();
    publish("first", 1, 100);
    const auto at_100 = std::string(events_behind("e.0").at("gap").at("to").as_string());
    const auto epoch = epoch_of(at_100);
    const auto reached_the_disk = fs::file_size(folder.file("rotacast.db-wal"));
    publish("lost", 101, 105);
    copy("rotacast.db", "copy.db");
    fs::resize_file(folder.file("copy.db-wal"), reached_the_disk + 1000);
    node->stop();
    for (const char* part : {"", "-wal"}) overwrite("copy.db", part);
    {
        auto file = store::JournalMarkFile::open(folder.file("rotacast.db-mark")).value();
        auto mark = file.read().value();
        mark.seen = 90;
        mark.clean = false;
        mark.boot = "another";
        ASSERT_TRUE(file.write(mark));
    }
    start();
    publish("other", 101, 105);
    node->stop();
    expect_each_handled_once(110);
    start();
    for (const events::Offset offset : {3U, 100U, 103U, 105U, 106U})
        expect_told(cursor_of(epoch, offset));
}

// Only the deliveries know that the journal was longer.
TEST_F(NodeRestoreTest, AJournalThatWasRestoredTogetherWithItsMark) {
    start();
    publish("first", 1, 100);
    const auto at_100 = std::string(events_behind("e.0").at("gap").at("to").as_string());
    const auto epoch = epoch_of(at_100);
    node->stop();
    copy("rotacast.db", "copy.db");
    fs::copy_file(folder.file("rotacast.db-mark"), folder.file("copy.db-mark"));
    start();
    publish("lost", 101, 105);
    node->stop();
    for (const char* part : {"", "-mark"}) overwrite("copy.db", part);
    start();
    publish("other", 101, 105);
    node->stop();
    expect_each_handled_once(110);
    start();
    for (const auto* place : {".3", ".100", ".103", ".105", ".106"}) expect_told(epoch + place);
}

}  // namespace
}  // namespace rotacast::app

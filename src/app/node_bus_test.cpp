// The bus within a whole server: concurrent operator requests over HTTP, and every delivery made
// twice.

#include "app/commands/operator_client.hpp"
#include "app/node.hpp"
#include "auth/jwt.hpp"
#include "base/log.hpp"
#include "events/events_for_tests.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_directory.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <future>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace rotacast::app {
namespace {

using namespace std::chrono_literals;
using events::as_it_is;
using events::ScheduleArchived;
using events::with;

const std::string secret(32, 's');

class NodeBusTest : public testing::Test {
  protected:
    NodeBusTest() {
        config.listen = "127.0.0.1:0";
        config.database = folder.file("rotacast.db");
        config.journal.synchronous = "NORMAL";
        config.drain_window_s = 0;
        config.drain_timeout_s = 0;
        log::set_level("off");  // thousands of failures are expected here
        config.handlers.enabled = "off";
        auto directory = store::SqliteDirectory::open(config.database).value();
        auth::User user;
        user.id = Uuid::random();
        user.username = "ada";
        user.role = auth::Role::coordinator;
        EXPECT_TRUE(directory->add_user(user));
        coordinator = user.id;
        const auth::TokenIssuer issuer(secret, 600s, 600s);
        std::ofstream(folder.file("token")) << issuer.issue_access(user, now()).value().token;
    }

    ~NodeBusTest() override { log::set_level("info"); }

    void start(std::function<void(bus::Bus&)> hang) {
        node = std::make_unique<Node>(config, secret);
        ASSERT_TRUE(node->open());
        hang(node->bus());
        ASSERT_TRUE(node->start());
    }

    OperatorClient client() const {
        OperatorFlags flags;
        flags.url = node->url();
        flags.token_file = folder.file("token");
        return OperatorClient::open(flags).value();
    }

    reflect::json::object get(std::string_view path) const {
        return client().get(path).value().value.as_object();
    }

    std::int64_t figure(const std::string& subscriber, std::string_view name) const {
        const auto stats = get("/bus/stats");
        for (const auto& one : stats.at("subscribers").as_array())
            if (one.at("name").as_string() == subscriber)
                return one.at(name).to_number<std::int64_t>();
        return -1;
    }

    template <class Condition>
    static void eventually(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + 120s;
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "it does not happen";
            std::this_thread::sleep_for(20ms);
        }
    }

    void publish(int events) {
        for (int from = 0; from < events; from += 1000) {
            std::vector<events::Event> batch;
            for (int i = from; i < std::min(from + 1000, events); ++i)
                batch.push_back(ScheduleArchived{"s" + std::to_string(i), "somebody", {}});
            ASSERT_TRUE(node->bus().publish_batch(std::move(batch)).get());
        }
    }

    store::ScratchDirectory folder;
    Config config;
    Uuid coordinator;
    std::unique_ptr<Node> node;
};

TEST_F(NodeBusTest, TwoClientsReplayTenThousandDeadLettersAtOnceEachOnce) {
    constexpr int count = 10'000;
    config.bus.replays_per_second = 100'000;
    std::atomic<bool> works = false;
    std::mutex mutex;
    std::map<std::string, int> handled;
    start([&](bus::Bus& bus) {
        bus::SubscriberOptions once;
        once.retry.attempts = 1;
        ASSERT_TRUE(bus.on(
            "mailer",
            [&](const ScheduleArchived& event) {
                if (!works) return bus::Outcome::failed("Down");
                const std::scoped_lock lock(mutex);
                ++handled[event.schedule_id];
                return bus::Outcome::done();
            },
            once));
    });
    publish(count);
    eventually([&] { return figure("mailer", "dead") == count; });
    works = true;

    std::vector<std::int64_t> replays(2);
    std::vector<std::jthread> operators;
    for (auto& id : replays)
        operators.emplace_back([&] {
            id = client().post("/bus/replays", {{"all", true}}).value().value.at("id").as_int64();
        });
    operators.clear();
    std::int64_t letters = 0;
    std::int64_t done = 0;
    for (const auto id : replays) {
        const auto path = "/bus/replays/" + std::to_string(id);
        eventually([&] { return get(path).at("finished").as_bool(); });
        const auto replay = get(path);
        letters += replay.at("letters").as_int64();
        done += replay.at("done").as_int64();
        EXPECT_EQ(replay.at("failed").as_int64(), 0);
    }
    EXPECT_EQ(letters, count);
    EXPECT_EQ(done, count);
    EXPECT_EQ(figure("mailer", "dead"), 0);
    node->stop();
    EXPECT_EQ(handled.size(), std::size_t{count});
    for (const auto& [schedule, times] : handled) ASSERT_EQ(times, 1) << schedule;
}

TEST_F(NodeBusTest, EveryEffectHappensOnceWhenDeliveredTwice) {
    constexpr int count = 100;
    config.bus.deliver_twice = "on";
    config.handlers.enabled = "on";
    config.handlers.cache_keys = "on";
    std::atomic<int> runs = 0;
    std::atomic<int> derived = 0;
    start([&](bus::Bus& bus) {
        ASSERT_TRUE(bus.on("deriving", [&](const ScheduleArchived& event, bus::HandlerContext& c) {
            ++runs;
            c.handler_log("seen", event.schedule_id);
            c.derive(
                with<events::ScheduleCreated>(event.schedule_id, as_it_is, as_it_is, "solver"));
        }));
        ASSERT_TRUE(bus.on("counting", [&](const events::Notification& event) {
            EXPECT_EQ(event.recipients, std::vector<Uuid>{coordinator});
            ++derived;
        }));
    });
    publish(count);
    eventually([&] { return figure("counting", "done") == count; });
    EXPECT_EQ(runs, 2 * count);
    EXPECT_EQ(derived, 2 * count);
    const auto rows = [&](const char* handler) {
        return get("/bus/ledger?limit=1000&handler=" + std::string(handler))
            .at("ledger")
            .as_array();
    };
    EXPECT_EQ(rows("deriving").size(), std::size_t{count});
    EXPECT_EQ(rows("schedule_created_handler").size(), std::size_t{2 * count}) << "audit and told";
    // For each: an archived, a created, a notification and a cache key; nothing twice.
    const auto last = node->bus().publish(ScheduleArchived{"last", "x", {}}).get().value();
    EXPECT_EQ(last.offset, std::uint64_t{4 * count + 1});
    node->stop();  // its handlers use counters on this stack
}

// Its thread uses the bus when the server has stopped. Sanitizers see memory that was freed.
TEST_F(NodeBusTest, AHandlerThatDoesNotReturnKeepsWhatItUses) {
    struct State {
        std::latch begun{1};
        std::latch go_on{1};
        std::promise<bool> published;
    };
    const auto state = std::make_shared<State>();
    static bus::Bus* kept = nullptr;  // so that what the node leaves is no leak
    start([&](bus::Bus& bus) {
        kept = &bus;
        ASSERT_TRUE(bus.on("hanging", [state](const ScheduleArchived&) {
            state->begun.count_down();
            state->go_on.wait();
            const auto late = kept->publish(ScheduleArchived{"late", "x", {}}).get();
            state->published.set_value(late.has_value());
        }));
    });
    publish(1);
    state->begun.wait();
    node->stop();
    state->go_on.count_down();
    EXPECT_FALSE(state->published.get_future().get()) << "the journal is closed";
}

}  // namespace
}  // namespace rotacast::app

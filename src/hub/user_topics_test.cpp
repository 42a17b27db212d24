#include "hub/hub.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <array>
#include <future>
#include <memory>

namespace rotacast::hub {
namespace {

void cursor_only(const Publication& p, std::string& out) {
    out += p.cursor;
}
const Encodings encodings{&cursor_only};

class Tab : public Subscriber {
  public:
    Tab() : Subscriber(0) {}
    void deliver(const Frame& frame) override { seen += frame.bytes; }
    bool may_receive(const Topic&) const override { return true; }
    Uuid user() const override { return owner; }
    std::string seen;
    Uuid owner;
};

// Three loops driven by hand on the test's thread: posted work runs in settle().
class UserTopicsTest : public testing::Test {
  protected:
    void open(Tab& tab, std::size_t loop, const Uuid& user) {
        tab.owner = user;
        on_loop(loop, [&] {
            hub.on_loop(loop).attach(tab);
            hub.users_on_loop(loop).join(user, tab);
        });
    }
    void close(Tab& tab, std::size_t loop, const Uuid& user) {
        on_loop(loop, [&] {
            hub.users_on_loop(loop).leave(user, tab);
            hub.on_loop(loop).detach(tab);
        });
    }
    void subscribe(std::size_t loop, const Uuid& user, const Topic& which) {
        on_loop(loop, [&] { hub.users_on_loop(loop).subscribe(user, which, [this] { ++done; }); });
    }
    void unsubscribe(std::size_t loop, const Uuid& user, const Topic& which) {
        on_loop(loop,
                [&] { hub.users_on_loop(loop).unsubscribe(user, which, [this] { ++done; }); });
    }
    void publish(const std::string& name, const Topic& which) {
        const auto offset = ++published;
        JournalRange range{.after = offset - 1, .up_to = offset, .bytes = 0, .publications = {}};
        range.publications.push_back(
            {{offset}, name, {}, {}, events::client::SolverComplete{}, {which}});
        hub.publish(std::move(range));
        settle();
    }
    void on_loop(std::size_t loop, std::function<void()> work) {
        boost::asio::post(loops[loop], std::move(work));
        settle();
    }
    void settle() {
        for (bool busy = true; busy;) {
            busy = false;
            for (auto& loop : loops) {
                loop.restart();
                busy = loop.poll() > 0 || busy;
            }
        }
    }

    std::array<boost::asio::io_context, 3> loops;
    Hub hub{{loops[0].get_executor(), loops[1].get_executor(), loops[2].get_executor()},
            encodings,
            {.topics_per_user_max = 3, .recent = {}}};
    Uuid ann = Uuid::random();
    Uuid bob = Uuid::random();
    Topic topic = Topic::schedule(Uuid::random());
    events::Offset published = 0;
    int done = 0;
};

TEST_F(UserTopicsTest, EveryTabReceivesWhatOneSubscribed) {
    std::array<Tab, 3> tabs;
    Tab stranger;
    for (std::size_t i = 0; i < 3; ++i) open(tabs[i], i, ann);
    open(stranger, 1, bob);
    subscribe(1, ann, topic);
    EXPECT_EQ(done, 1);
    publish("a", topic);
    for (auto& tab : tabs) EXPECT_EQ(tab.seen, "a");
    EXPECT_EQ(stranger.seen, "");
    for (std::size_t i = 0; i < 3; ++i) close(tabs[i], i, ann);
    close(stranger, 1, bob);
}

TEST_F(UserTopicsTest, ALaterTabReceivesToo) {
    Tab first;
    Tab second;
    open(first, 0, ann);
    subscribe(0, ann, topic);
    open(second, 2, ann);
    publish("a", topic);
    EXPECT_EQ(second.seen, "a");
    close(first, 0, ann);
    publish("b", topic);
    EXPECT_EQ(second.seen, "ab");
    close(second, 2, ann);
}

TEST_F(UserTopicsTest, OneTabUnsubscribesForAll) {
    Tab first;
    Tab second;
    open(first, 0, ann);
    open(second, 1, ann);
    subscribe(0, ann, topic);
    unsubscribe(1, ann, topic);
    publish("a", topic);
    EXPECT_EQ(first.seen + second.seen, "");
    close(first, 0, ann);
    close(second, 1, ann);
}

TEST_F(UserTopicsTest, AreDroppedWithTheLastConnection) {
    Tab first;
    open(first, 0, ann);
    subscribe(0, ann, topic);
    close(first, 0, ann);
    Tab later;
    open(later, 1, ann);
    publish("a", topic);
    EXPECT_EQ(later.seen, "");
    close(later, 1, ann);
}

TEST_F(UserTopicsTest, AreBoundedAndStillAnswered) {
    Tab tab;
    open(tab, 2, ann);
    for (int i = 0; i < 5; ++i) subscribe(2, ann, Topic::person(Uuid::random()));
    EXPECT_EQ(done, 5);
    EXPECT_EQ(tab.topic_count(), 3u);
    close(tab, 2, ann);
}

TEST_F(UserTopicsTest, AreCountedOnceWhateverTheLoops) {
    std::array<Tab, 3> tabs;
    for (std::size_t i = 0; i < 3; ++i) open(tabs[i], i, ann);
    subscribe(0, ann, topic);
    subscribe(1, ann, Topic::person(ann));
    HubStats stats;
    hub.collect_stats([&](HubStats s) { stats = s; });
    settle();
    EXPECT_EQ(stats.total_connections, 3u);
    EXPECT_EQ(stats.unique_users, 1u);
    EXPECT_EQ(stats.schedules_watched, 1u);
    EXPECT_EQ(stats.persons_watched, 1u);
    for (std::size_t i = 0; i < 3; ++i) close(tabs[i], i, ann);
}

// A connection of rotacast.v1 has its own subscriptions: its user never joins.
TEST_F(UserTopicsTest, UsersAreCountedByTheirConnectionsOfAnyKind) {
    Tab classic;
    Tab other;
    open(classic, 0, ann);
    other.owner = bob;
    on_loop(1, [&] { hub.on_loop(1).attach(other); });
    HubStats stats;
    hub.collect_stats([&](HubStats s) { stats = s; });
    settle();
    EXPECT_EQ(stats.total_connections, 2u);
    EXPECT_EQ(stats.unique_users, 2u);
    close(classic, 0, ann);
    on_loop(1, [&] { hub.on_loop(1).detach(other); });
}

}  // namespace
}  // namespace rotacast::hub

// User-wide subscriptions with several nodes.
#include "hub/hub.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <string>

namespace rotacast::hub {
namespace {

const Encodings no_encodings{
    [](const Publication& publication, std::string& out) { out += publication.cursor; }};

class Connected final : public Subscriber {
  public:
    Connected() : Subscriber(0) {}
    void deliver(const Frame&) override {}
    bool may_receive(const Topic&) const override { return true; }
    Uuid user() const override { return {}; }
};

/// Several nodes of two loops each, driven by hand; they tell each other at once.
class UserTopicsOfNodesTest : public testing::Test {
  protected:
    struct Node {
        explicit Node(std::string named)
            : name(std::move(named)),
              hub({loops[0].get_executor(), loops[1].get_executor()},
                  no_encodings,
                  {.topics_per_user_max = 2, .recent = {}}) {}

        std::string name;
        std::array<boost::asio::io_context, 2> loops;
        Hub hub;
    };

    UserTopicsOfNodesTest() {
        for (auto* node : {&a, &b, &c})
            node->hub.tell_others_of_topics([this, node](const Uuid& user,
                                                         const Topic& topic,
                                                         std::optional<TopicStatement> statement) {
                ++told;
                for (auto* other : {&a, &b, &c})
                    if (other != node) other->hub.others_stated(node->name, user, topic, statement);
            });
    }

    void settle() {
        for (bool busy = true; busy;) {
            busy = false;
            for (auto* node : {&a, &b, &c})
                for (auto& loop : node->loops) {
                    loop.restart();
                    busy = loop.poll() > 0 || busy;
                }
        }
    }
    void on_loop(Node& node, std::size_t loop, std::function<void()> work) {
        boost::asio::post(node.loops[loop], std::move(work));
        settle();
    }
    void open(Connected& tab, Node& node, std::size_t loop = 0) {
        on_loop(node, loop, [&, loop] {
            node.hub.on_loop(loop).attach(tab);
            node.hub.users_on_loop(loop).join(ann, tab);
        });
    }
    void close(Connected& tab, Node& node, std::size_t loop = 0) {
        on_loop(node, loop, [&, loop] {
            node.hub.users_on_loop(loop).leave(ann, tab);
            node.hub.on_loop(loop).detach(tab);
        });
    }
    void subscribe(Node& node, const Topic& topic) {
        on_loop(node, 0, [&] { node.hub.users_on_loop(0).subscribe(ann, topic, [] {}); });
    }
    void unsubscribe(Node& node, const Topic& topic) {
        on_loop(node, 0, [&] { node.hub.users_on_loop(0).unsubscribe(ann, topic, [] {}); });
    }

    const Uuid ann = Uuid::random();
    const Topic ward = Topic::schedule(Uuid::random());
    const Topic icu = Topic::schedule(Uuid::random());
    int told = 0;
    Node a{"a"};
    Node b{"b"};
    Node c{"c"};
};

TEST_F(UserTopicsOfNodesTest, WhatOneTabSubscribesCountsOnEveryNodeAndLoop) {
    Connected here;
    Connected there;
    Connected elsewhere;
    open(here, a);
    open(there, b, 1);
    subscribe(a, ward);
    EXPECT_EQ(there.topic_count(), 1U);
    open(elsewhere, c, 1);
    EXPECT_EQ(elsewhere.topic_count(), 1U) << "a later one, too";
    unsubscribe(b, ward);
    for (const auto* tab : {&here, &there, &elsewhere}) EXPECT_EQ(tab->topic_count(), 0U);
    close(here, a);
    close(there, b, 1);
    close(elsewhere, c, 1);
}

TEST_F(UserTopicsOfNodesTest, TheListLivesAsLongAsAnyConnection) {
    Connected here;
    Connected there;
    open(here, a);
    open(there, b);
    subscribe(a, ward);
    close(here, a);
    EXPECT_EQ(there.topic_count(), 1U);
    Connected again;
    open(again, a);
    EXPECT_EQ(again.topic_count(), 1U);
    close(again, a);
    close(there, b);
    Connected last;
    open(last, b);
    EXPECT_EQ(last.topic_count(), 0U) << "the user had left";
    close(last, b);
}

TEST_F(UserTopicsOfNodesTest, WhatWasUnsubscribedElsewhereDoesNotComeBack) {
    Connected here;
    Connected there;
    open(here, a);
    open(there, b);
    subscribe(a, ward);
    unsubscribe(b, ward);
    Connected later;
    open(later, c);
    EXPECT_EQ(later.topic_count(), 0U);
    subscribe(c, ward);
    EXPECT_EQ(here.topic_count(), 1U) << "the latest statement counts, whatever the clocks' ticks";
    close(here, a);
    close(there, b);
    close(later, c);
}

TEST_F(UserTopicsOfNodesTest, AnEarlierStatementChangesNothing) {
    Connected here;
    open(here, a);
    subscribe(a, ward);
    a.hub.others_stated("b", ann, ward, TopicStatement{1, false});
    settle();
    EXPECT_EQ(here.topic_count(), 1U);
    a.hub.others_stated("b", ann, ward, TopicStatement{INT64_MAX / 2, false});
    settle();
    EXPECT_EQ(here.topic_count(), 0U);
    close(here, a);
}

TEST_F(UserTopicsOfNodesTest, AreBoundedWhateverOthersState) {
    Connected here;
    open(here, a);
    for (int i = 0; i < 9; ++i)
        a.hub.others_stated("b", ann, Topic::person(Uuid::random()), TopicStatement{5, true});
    settle();
    EXPECT_EQ(here.topic_count(), 2U);
    close(here, a);
}

TEST_F(UserTopicsOfNodesTest, SayNothingMoreOnceTheyAgree) {
    Connected here;
    Connected there;
    open(here, a);
    open(there, b);
    subscribe(a, ward);
    EXPECT_EQ(told, 2) << "a says it, and b says it as well";
    subscribe(b, ward);
    EXPECT_EQ(told, 2);
    close(here, a);
    EXPECT_EQ(told, 3);
    close(there, b);
    EXPECT_EQ(told, 4);
}

TEST_F(UserTopicsOfNodesTest, WhatIsNotWatchedIsRememberedWithinABound) {
    Connected here;
    open(here, a);
    for (int i = 0; i < 5; ++i) {
        const auto topic = Topic::person(Uuid::random());
        subscribe(a, topic);
        unsubscribe(a, topic);
    }
    EXPECT_EQ(told, 13) << "each twice, and three were forgotten";
    subscribe(a, icu);
    EXPECT_EQ(here.topic_count(), 1U);
    close(here, a);
    EXPECT_EQ(told, 17);
}

}  // namespace
}  // namespace rotacast::hub

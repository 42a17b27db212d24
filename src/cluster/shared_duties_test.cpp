#include "cluster/shared_duties.hpp"

#include "bus/bus_admin.hpp"
#include "bus/journal_for_tests.hpp"
#include "redis/redis_server_for_tests.hpp"
#include "redis/sentinel.hpp"
#include "store/scratch_directory.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

namespace rotacast::cluster {
namespace {

using namespace std::chrono_literals;
using bus::HandlerContext;
using bus::Outcome;
using events::ScheduleArchived;
using redis::testing::RedisServer;

template <class Condition>
bool comes_about(const Condition& holds) {
    const auto end = std::chrono::steady_clock::now() + redis::testing::patience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

/// What the handlers of all nodes did.
struct Handled {
    struct Attempt {
        std::string node;
        std::string schedule;
        int number = 0;

        bool operator==(const Attempt&) const = default;
    };

    void add(Attempt attempt) {
        const std::scoped_lock lock(mutex);
        attempts.push_back(std::move(attempt));
    }
    std::vector<Attempt> all() {
        const std::scoped_lock lock(mutex);
        return attempts;
    }
    std::vector<std::string> schedules() {
        std::vector<std::string> list;
        for (const auto& attempt : all()) list.push_back(attempt.schedule);
        return list;
    }

    std::mutex mutex;
    std::vector<Attempt> attempts;
};

/// A node without its order: all have one journal in memory.
struct Member {
    Member(std::string node,
           bus::Journal& journal,
           const std::string& file,
           const redis::Target& target)
        : name(std::move(node)), bus(journal) {
        auto deliveries = store::SqliteDeliveries::open(file).value();
        SharedDutiesOptions options;
        options.node = name;
        options.division.lease = 1'500ms;
        options.division.margin = 300ms;
        options.division.interval = 100ms;
        options.open = [connector = std::make_shared<redis::Connector>(target)] {
            return connector->open();
        };
        duties = SharedDuties::open(*deliveries, std::move(options)).value();
        bus::DispatcherOptions dispatching;
        dispatching.duties = duties.get();
        dispatching.gather = 5ms;
        dispatching.close_grace = 0ms;
        dispatcher =
            std::make_unique<bus::Dispatcher>(bus, journal, std::move(deliveries), dispatching);
    }
    ~Member() { leave(); }

    void start() {
        dispatcher->start();
        duties->start(*dispatcher, bus.subscribers());
    }
    void leave() {
        dispatcher->close();
        duties->stop();
    }
    bool runs(const std::string& subscriber) const {
        return duties->held_until(subscriber).has_value();
    }

    const std::string name;
    bus::Bus bus;
    std::unique_ptr<SharedDuties> duties;
    std::unique_ptr<bus::Dispatcher> dispatcher;
};

class SharedDutiesTest : public testing::Test {
  protected:
    SharedDutiesTest() {
        journal.follow([this](const bus::EntryBatchPtr& batch) {
            for (auto& [name, member] : members) member->dispatcher->on_entries(batch);
        });
    }
    ~SharedDutiesTest() override {
        block = false;
        comes_about([this] { return handlers == 0; });
    }

    Member& add(const std::string& name) {
        redis::Target target;
        target.addresses = {redis->address()};
        target.connection.credentials = credentials;
        auto member = std::make_unique<Member>(name, journal, folder.file(name + ".db"), target);
        bus::SubscriberOptions options;
        options.start.from = bus::Start::From::beginning;
        options.retry.first_wait = 300ms;
        options.retry.attempts = 10;
        EXPECT_TRUE(member->bus.on(
            "mailer",
            [this, name](const ScheduleArchived& event, HandlerContext& context) {
                return handle(name, event.schedule_id, context);
            },
            options));
        member->start();
        return *members.insert_or_assign(name, std::move(member)).first->second;
    }
    /// As a kill does: nothing is handed over, attempts end without an outcome.
    void kill(const std::string& name) {
        auto member = std::move(members.extract(name).mapped());
        member->duties->abandon();
        member.reset();
    }

    Outcome handle(const std::string& node, const std::string& schedule, HandlerContext& context) {
        ++handlers;
        handled.add({node, schedule, context.attempt()});
        while (block && schedule == "blocks") std::this_thread::sleep_for(1ms);
        const bool fails = fail && schedule == "fails";
        --handlers;
        return fails ? Outcome::failed("Unlucky") : Outcome::done();
    }

    void publish(const std::string& schedule) {
        bus::Bus bus(journal);
        ASSERT_TRUE(bus.publish(ScheduleArchived{schedule, "somebody", "because"}).get());
    }
    bool all_handled(std::size_t count) {
        return comes_about([&] { return handled.all().size() >= count; });
    }
    Member& holder() {
        EXPECT_TRUE(comes_about([&] {
            return std::ranges::any_of(members,
                                       [](auto& one) { return one.second->runs("mailer"); });
        }));
        for (auto& [name, member] : members)
            if (member->runs("mailer")) return *member;
        throw std::runtime_error("nobody runs it");
    }
    /// What Redis has of the subscriber.
    std::string record_in_redis() {
        asio::io_context io;
        const auto connection =
            redis::testing::await(io, redis::Connection::open(redis->options())).value();
        const auto reply = redis::testing::await(
            io, connection->command(redis::Command("HGET", "{rotacast}:duty:mailer", "record")));
        const auto* text = reply ? reply->text() : nullptr;
        return text ? *text : std::string();
    }
    /// The last entry that it may have started, as Redis has it.
    bus::Offset position_in_redis() {
        const auto begun = store::begun_in(record_in_redis());
        return begun ? begun->position.whole_entries() : 0;
    }

    store::ScratchDirectory folder;
    redis::Credentials credentials;
    std::unique_ptr<RedisServer> redis = std::make_unique<RedisServer>();
    bus::MemoryJournal journal;
    Handled handled;
    std::atomic<int> handlers = 0;
    std::atomic<bool> block = true;
    std::atomic<bool> fail = true;
    std::map<std::string, std::unique_ptr<Member>> members;
};

TEST_F(SharedDutiesTest, OneNodeRunsASubscriber) {
    add("a");
    add("b");
    std::vector<std::string> published;
    for (int i = 0; i < 50; ++i) {
        published.push_back("s" + std::to_string(i));
        publish(published.back());
    }
    ASSERT_TRUE(all_handled(50));
    publish("last");
    published.emplace_back("last");
    ASSERT_TRUE(all_handled(51));
    EXPECT_EQ(handled.schedules(), published);
    auto& here = holder();
    auto& there = *members.at(here.name == "a" ? "b" : "a");
    EXPECT_TRUE(comes_about([&] { return there.duties->holder_of("mailer") == here.name; }));
}

TEST_F(SharedDutiesTest, AnotherGoesOnWhereOneHasLeftAndCountsAttemptsOn) {
    add("a");
    publish("first");
    publish("fails");
    ASSERT_TRUE(all_handled(2));
    add("b");
    members.at("a")->leave();
    members.erase("a");
    ASSERT_TRUE(comes_about([&] { return handled.all().back().node == "b"; }));
    fail = false;
    publish("second");
    ASSERT_TRUE(
        comes_about([&] { return std::ranges::count(handled.schedules(), "second") == 1; }));
    const auto all = handled.all();
    EXPECT_EQ(std::ranges::count(handled.schedules(), "first"), 1);
    int number = 0;
    for (const auto& attempt : all) {
        if (attempt.schedule != "fails") continue;
        EXPECT_EQ(attempt.number, ++number);
    }
}

TEST_F(SharedDutiesTest, WhatWasInFlightAtAKillIsAttemptedOnceMoreAndNothingElse) {
    add("a");
    publish("first");
    ASSERT_TRUE(all_handled(1));
    publish("blocks");
    ASSERT_TRUE(all_handled(2));
    ASSERT_TRUE(comes_about([&] { return position_in_redis() == 2; }));
    kill("a");
    add("b");
    ASSERT_TRUE(all_handled(3));
    block = false;
    publish("second");
    ASSERT_TRUE(all_handled(4));
    EXPECT_EQ(handled.all(),
              (std::vector<Handled::Attempt>{
                  {"a", "first", 1}, {"a", "blocks", 1}, {"b", "blocks", 2}, {"b", "second", 1}}));
}

TEST_F(SharedDutiesTest, ARedisThatHasLostEverythingIsToldAgain) {
    add("a");
    publish("first");
    ASSERT_TRUE(all_handled(1));
    add("b");
    redis->kill();
    redis->restart();
    ASSERT_TRUE(comes_about([&] { return position_in_redis() == 1; }));
    EXPECT_TRUE(comes_about([&] { return members.at("a")->runs("mailer"); }));
    publish("second");
    ASSERT_TRUE(all_handled(2));
    ASSERT_TRUE(comes_about(
        [&] { return record_in_redis().find("\"position\":2,") != std::string::npos; }));
    kill("a");
    publish("third");
    ASSERT_TRUE(all_handled(3));
    EXPECT_EQ(
        handled.all(),
        (std::vector<Handled::Attempt>{{"a", "first", 1}, {"a", "second", 1}, {"b", "third", 1}}));
}

TEST_F(SharedDutiesTest, WithoutRedisNothingStartsUntilItIsBack) {
    auto& a = add("a");
    publish("first");
    ASSERT_TRUE(all_handled(1));
    redis->kill();
    ASSERT_TRUE(comes_about([&] {
        const auto until = a.duties->held_until("mailer");
        return !until || *until < std::chrono::steady_clock::now();
    }));
    publish("second");
    EXPECT_EQ(handled.all().size(), 1U);
    redis->restart();
    ASSERT_TRUE(all_handled(2));
    EXPECT_EQ(handled.schedules(), (std::vector<std::string>{"first", "second"}));
}

TEST_F(SharedDutiesTest, ASubscriberWithoutHandlersGoesOnLaterUnlessItIsDeleted) {
    auto& a = add("a");
    publish("first");
    ASSERT_TRUE(all_handled(1));
    ASSERT_TRUE(comes_about([&] { return position_in_redis() == 1; }));
    ASSERT_TRUE(a.bus.unsubscribe("mailer"));
    ASSERT_TRUE(comes_about([&] { return !a.runs("mailer"); }));
    EXPECT_EQ(position_in_redis(), 1U);
    bus::BusAdmin(*a.dispatcher).forget("mailer", "", "user:1", [](const auto&) {});
    EXPECT_TRUE(comes_about([&] { return position_in_redis() == 0; }));
}

/// As documented_user() of redis_journal_test.cpp: what docs/redis.md says.
std::string rights_of_duties() {
    std::ifstream page(ROTACAST_SOURCE_FOLDER "/docs/redis.md");
    const std::string begin = "ACL SETUSER ";
    for (std::string line; std::getline(page, line);)
        if (line.starts_with(begin)) return "user " + line.substr(begin.size());
    throw std::runtime_error("docs/redis.md shows no rights");
}

TEST_F(SharedDutiesTest, NeedNoMoreRightsThanDocumented) {
    redis = std::make_unique<RedisServer>(
        std::vector{rights_of_duties(), std::string("user default off")});
    credentials = {"rotacast", "PASSWORD"};
    add("a");
    publish("first");
    publish("fails");
    ASSERT_TRUE(all_handled(3)) << "a row was written";
    add("b");
    members.at("a")->leave();
    members.erase("a");
    EXPECT_TRUE(comes_about([&] { return handled.all().back().node == "b"; }));
}

}  // namespace
}  // namespace rotacast::cluster

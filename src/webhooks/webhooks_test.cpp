// What the black-box suite cannot produce: processes that end at a given moment, and receivers that
// hang.

#include "webhooks/webhooks.hpp"

#include "bus/journal_for_tests.hpp"
#include "http/key_server_for_tests.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_deliveries.hpp"
#include "webhooks/wait_for_result.hpp"

#include <gtest/gtest.h>

namespace rotacast::webhooks {
namespace {

using namespace std::chrono_literals;
using events::ScheduleArchived;

const std::string accepted = "HTTP/1.1 204 No Content\r\n\r\n";
const std::string nothing;  // the receiver reads the request and never answers

class WebhooksTest : public testing::Test {
  protected:
    WebhooksTest() {
        journal.follow([this](bus::EntryBatchPtr batch) {
            if (dispatcher) dispatcher->on_entries(std::move(batch));
        });
    }

    /// Starts a process, after ending the former one.
    void open() {
        end();
        dispatcher = std::make_unique<bus::Dispatcher>(
            bus, journal, store::SqliteDeliveries::open(folder.file("bus.db")).value());
        operations = std::make_unique<bus::BusAdmin>(*dispatcher);
        WebhooksOptions options;
        options.sender.allows = nullptr;
        webhooks =
            std::make_unique<Webhooks>(bus, journal, *operations, rows(), std::move(options));
        dispatcher->start();
        ASSERT_TRUE(webhooks->start());
    }

    void end() {
        for (const auto& subscription : bus.subscriptions())
            ASSERT_TRUE(bus.unsubscribe(subscription->name));
        webhooks.reset();
        operations.reset();
        dispatcher.reset();
    }

    void TearDown() override { end(); }

    std::unique_ptr<SqliteWebhooks> rows() {
        return SqliteWebhooks::open(folder.file("rotacast.db")).value();
    }

    static WebhookInput input(const std::string& url) {
        WebhookInput made;
        made.name = "pager";
        made.url = url;
        made.timeout_ms = 60'000;
        return made;
    }

    std::vector<std::string> subscribers() {
        using Statuses = std::vector<bus::SubscriberStatus>;
        std::vector<std::string> names;
        const auto all =
            wait_for_result<Statuses>([&](auto done) { operations->subscribers(std::move(done)); });
        for (const auto& status : all.value()) names.push_back(status.name);
        return names;
    }

    void publish(const std::string& schedule) {
        ASSERT_TRUE(bus.publish(ScheduleArchived{schedule, "somebody", ""}).get());
    }

    store::ScratchDirectory folder;
    bus::MemoryJournal journal;
    bus::Bus bus{journal};
    std::unique_ptr<bus::Dispatcher> dispatcher;
    std::unique_ptr<bus::BusAdmin> operations;
    std::unique_ptr<Webhooks> webhooks;
};

TEST_F(WebhooksTest, StartsAtItsCursorEvenIfTheProcessEndedBeforeSubscribing) {
    http::testing::KeyServer receiver(accepted);
    publish("before");
    open();
    auto made = input(receiver.url());
    made.active = false;  // stored, but not yet a subscriber
    const auto cursor = webhooks->add(made, "me")->webhook.begins_after;
    publish("after");
    open();
    ASSERT_TRUE(webhooks->change("pager", json::object{{"active", true}}, "me"));
    receiver.await_requests(1);
    EXPECT_NE(receiver.last_request().find("\"schedule_id\":\"after\""), std::string::npos);
    EXPECT_EQ(webhooks->find("pager")->webhook.begins_after, cursor);
}

TEST_F(WebhooksTest, ARemovalIsCompletedAfterTheProcessEndedInBetween) {
    http::testing::KeyServer receiver(accepted);
    open();
    ASSERT_TRUE(webhooks->add(input(receiver.url()), "me"));
    publish("a");
    receiver.await_requests(1);
    ASSERT_EQ(subscribers(), (std::vector<std::string>{"webhook:pager"}));
    end();
    ASSERT_TRUE(rows()->remove("pager"));
    open();
    EXPECT_TRUE(subscribers().empty());
}

TEST_F(WebhooksTest, FollowWhatAnotherNodeHasWritten) {
    http::testing::KeyServer receiver(accepted);
    open();
    const auto stored = rows();
    auto made = make_webhook(input(receiver.url()), "me", now()).value();
    ASSERT_TRUE(stored->add(made));
    webhooks->follow();
    publish("a");
    receiver.await_requests(1);
    made.webhook.active = false;
    ASSERT_TRUE(stored->replace(made));
    webhooks->follow();
    EXPECT_TRUE(bus.subscriptions().empty());
    made.webhook.active = true;
    ASSERT_TRUE(stored->replace(made));
    webhooks->follow();
    publish("b");
    receiver.await_requests(2);
    ASSERT_TRUE(stored->remove("pager"));
    webhooks->follow();
    EXPECT_TRUE(subscribers().empty()) << "with its position";
}

TEST_F(WebhooksTest, RemovalCancelsAHangingRequest) {
    http::testing::KeyServer receiver(nothing);
    open();
    ASSERT_TRUE(webhooks->add(input(receiver.url()), "me"));
    publish("a");
    receiver.await_requests(1);
    const auto begun = std::chrono::steady_clock::now();
    ASSERT_TRUE(webhooks->remove("pager", "me"));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 9s);
    EXPECT_TRUE(subscribers().empty());
    EXPECT_EQ(webhooks->remove("pager", "me").error().code, ErrorCode::not_found);
}

TEST_F(WebhooksTest, TheNumberOfWebhooksIsBounded) {
    open();
    const auto stored = rows();
    for (std::size_t i = 0; i < SqliteWebhooks::webhooks_max; ++i) {
        auto made = input("https://receiver.example/");
        made.name = "w" + std::to_string(i);
        ASSERT_TRUE(stored->add(make_webhook(made, "me", now()).value()));
    }
    const auto refused = webhooks->add(input("https://receiver.example/"), "me");
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    const auto audit = wait_for_result<std::vector<bus::AuditRow>>(
        [&](auto done) { operations->audits({}, std::move(done)); });
    EXPECT_TRUE(audit->empty()) << "what was refused was not done";
}

TEST_F(WebhooksTest, TestsAreBoundedAndCancelledByClose) {
    http::testing::KeyServer receiver(nothing);
    open();
    ASSERT_TRUE(webhooks->add(input(receiver.url()), "me"));
    std::vector<std::future<Result<TestResult>>> tests;
    const auto press = [&] {
        auto promise = std::make_shared<std::promise<Result<TestResult>>>();
        tests.push_back(promise->get_future());
        webhooks->test("pager", "me", [promise](Result<TestResult> result) {
            promise->set_value(std::move(result));
        });
    };
    for (std::size_t i = 0; i <= Webhooks::tests_max; ++i) press();
    EXPECT_EQ(tests.back().get().error().code, ErrorCode::rate_limited);
    tests.pop_back();
    webhooks->close();
    for (auto& running : tests) EXPECT_EQ(running.get()->error, "cancelled");
    press();
    EXPECT_EQ(tests.back().get().error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace rotacast::webhooks

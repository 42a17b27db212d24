#include "webhooks/sqlite_webhooks.hpp"

#include "reflect/encode.hpp"
#include "store/faulty_vfs_for_tests.hpp"
#include "store/schema.hpp"
#include "store/scratch_directory.hpp"

#include <gtest/gtest.h>

namespace rotacast::webhooks {
namespace {

using namespace std::chrono_literals;

const Timestamp time{1'700'000'000s};

StoredWebhook some_webhook(const std::string& name) {
    WebhookInput input;
    input.name = name;
    input.url = "https://receiver.example/hook?k=1";
    auto stored = make_webhook(std::move(input), "user:me", time).value();
    stored.webhook.begins_after = "epoch.7";
    return stored;
}

/// All members, for comparison.
std::string content(const StoredWebhook& stored) {
    std::string text;
    reflect::encode(text, stored.webhook, {});
    const auto& secrets = stored.secrets;
    return text + secrets.current + '|' + secrets.previous.value_or("none") + '|' +
           to_string(secrets.previous_until);
}

class SqliteWebhooksTest : public testing::Test {
  protected:
    void open() { webhooks = SqliteWebhooks::open(folder.file("test.db")).value(); }
    void SetUp() override { open(); }

    store::ScratchDirectory folder;
    std::unique_ptr<SqliteWebhooks> webhooks;
};

TEST_F(SqliteWebhooksTest, ReturnsWhatWasStored) {
    EXPECT_TRUE(webhooks->list()->empty());
    EXPECT_FALSE(webhooks->find("pager").value());
    auto pager = some_webhook("pager");
    pager.webhook.types = {{"SwapExecuted", "SwapRequested"}};
    pager.webhook.filter = {{"swap_id", json::array{"a", 1, nullptr}}};
    pager.webhook.format = "cloudevents-binary";
    ASSERT_TRUE(webhooks->add(pager));
    const auto all_types = some_webhook("a");
    ASSERT_TRUE(webhooks->add(all_types));
    for (const bool reopened : {false, true}) {
        if (reopened) open();
        const auto all = webhooks->list().value();
        ASSERT_EQ(all.size(), 2u);
        EXPECT_EQ(content(all[0]), content(all_types));
        EXPECT_EQ(content(all[1]), content(pager));
        EXPECT_EQ(content(webhooks->find("pager").value().value()), content(pager));
    }
}

TEST_F(SqliteWebhooksTest, KeepsChangesAndRotations) {
    auto stored = some_webhook("pager");
    ASSERT_TRUE(webhooks->add(stored));
    ASSERT_TRUE(rotate(stored.secrets, std::nullopt, time));
    stored.webhook.active = false;
    stored.webhook.types = {{"SwapExecuted"}};
    stored.webhook.format = "cloudevents-structured";
    stored.webhook.updated_at = time + 1h;
    ASSERT_TRUE(webhooks->replace(stored));
    EXPECT_EQ(content(webhooks->find("pager").value().value()), content(stored));
}

TEST(SqliteWebhooksFile, OfAnEarlierVersionHasWebhooksOfOurFormat) {
    const store::ScratchDirectory folder;
    constexpr std::int64_t version_without_formats = 7;
    {
        auto connection = store::Connection::open(folder.file("old.db")).value();
        ASSERT_TRUE(store::migrate(connection, version_without_formats));
        ASSERT_TRUE(connection.execute(
            "INSERT INTO webhooks (name, url, filter, active, timeout_ms, created_by, created_at, "
            "updated_at, secret, begins_after) VALUES ('pager', 'https://receiver.example/', '{}', "
            "1, 10000, 'me', '', '', 'an old secret, kept', 'epoch.7')"));
    }
    const auto webhooks = SqliteWebhooks::open(folder.file("old.db")).value();
    const auto stored = webhooks->find("pager").value().value();
    EXPECT_EQ(stored.webhook.format, "rotacast");
    EXPECT_EQ(stored.webhook.begins_after, "epoch.7");
    EXPECT_EQ(stored.secrets.current, "an old secret, kept");
}

TEST(SqliteWebhooksFaults, AfterAFailedFlushTheFileIsOpenedAnew) {
    const store::ScratchDirectory folder;
    store::FaultyVfs disk;
    const auto webhooks = SqliteWebhooks::open(folder.file("test.db")).value();
    ASSERT_TRUE(webhooks->add(some_webhook("before")));
    disk.watch("-wal");
    disk.fail_sync(1);
    EXPECT_EQ(webhooks->add(some_webhook("in-doubt")).error().code, ErrorCode::unavailable);
    const auto opened = disk.opened();
    ASSERT_TRUE(webhooks->add(some_webhook("after")));
    EXPECT_GT(disk.opened(), opened);
    EXPECT_TRUE(webhooks->find("before").value());
    EXPECT_TRUE(webhooks->find("after").value());
    disk.fail_sync(1, store::FaultyVfs::for_ever);
    EXPECT_FALSE(webhooks->remove("before"));
    disk.heal();
    EXPECT_TRUE(webhooks->find("after").value());
}

TEST_F(SqliteWebhooksTest, NamesAreUniqueAndMustExist) {
    ASSERT_TRUE(webhooks->add(some_webhook("pager")));
    const auto taken = webhooks->add(some_webhook("pager"));
    EXPECT_EQ(taken.error().code, ErrorCode::conflict);
    EXPECT_EQ(taken.error().path, "/name");
    EXPECT_EQ(webhooks->replace(some_webhook("other")).error().code, ErrorCode::not_found);
    EXPECT_EQ(webhooks->remove("other").error().code, ErrorCode::not_found);
    ASSERT_TRUE(webhooks->remove("pager"));
    EXPECT_TRUE(webhooks->list()->empty());
}

TEST_F(SqliteWebhooksTest, TheNumberOfWebhooksIsBounded) {
    for (std::size_t i = 0; i < SqliteWebhooks::webhooks_max; ++i)
        ASSERT_TRUE(webhooks->add(some_webhook("w" + std::to_string(i))));
    EXPECT_EQ(webhooks->add(some_webhook("one-more")).error().code, ErrorCode::conflict);
    ASSERT_TRUE(webhooks->remove("w7"));
    EXPECT_TRUE(webhooks->add(some_webhook("one-more")));
}

}  // namespace
}  // namespace rotacast::webhooks

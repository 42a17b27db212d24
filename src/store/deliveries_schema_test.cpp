// Delivery files that another version of this program wrote.

#include "store/dispatching_for_tests.hpp"

namespace rotacast::store {
namespace {

class DeliveriesSchema : public Dispatching {
  protected:
    void change(const char* sql) {
        dispatcher.reset();
        auto connection = Connection::open(folder.file(file), {});
        ASSERT_TRUE(connection);
        ASSERT_TRUE(connection->execute(sql));
    }

    std::string indexes() {
        auto connection = Connection::open(folder.file(file), {});
        auto query = connection->query(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
            "ORDER BY name");
        std::string names;
        while (query->next().value()) names.append(query->text(0)).append(" ");
        return names;
    }
};

TEST_F(DeliveriesSchema, OfVersion1IsMigratedAndKeepsItsRows) {
    std::string seen;
    bool down = true;
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived& event) {
        if (down) return Outcome::failed("Down");
        seen += event.schedule_id;
        return Outcome::done();
    }));
    settle();
    const auto before = indexes();
    publish("a");
    publish("b");
    publish("a");
    settle();
    change(
        "DROP INDEX deliveries_pending;"
        "CREATE INDEX deliveries_lane ON deliveries (subscriber, lane, state, offset) "
        "WHERE state < 3;"
        "ALTER TABLE deliveries DROP COLUMN provenance;"
        "PRAGMA user_version = 1");
    down = false;
    advance(3s);
    EXPECT_EQ(seen, "aba");
    EXPECT_EQ(status("s").done, 3);
    EXPECT_EQ(indexes(), before);
}

TEST_F(DeliveriesSchema, OfVersion2KnowsNoProvenance) {
    bool down = true;
    events::ProvenancePtr seen = events::shared({{}, {}, "r-1", {}});
    ASSERT_TRUE(bus.on("s", [&](const ScheduleArchived&, HandlerContext& context) {
        if (down) return Outcome::failed("Down");
        seen = context.provenance();
        return Outcome::done();
    }));
    publish("a");
    settle();
    change("ALTER TABLE deliveries DROP COLUMN provenance; PRAGMA user_version = 2");
    down = false;
    advance(3s);
    EXPECT_EQ(status("s").done, 1);
    EXPECT_FALSE(seen);
}

TEST_F(DeliveriesSchema, HasSmallPages) {
    settle();
    dispatcher.reset();
    auto connection = Connection::open(folder.file(file), {});
    auto query = connection->query("PRAGMA page_size");
    ASSERT_TRUE(query->next().value());
    EXPECT_EQ(query->integer(0), 1024);
}

TEST_F(DeliveriesSchema, OfANewerVersionIsRefused) {
    settle();
    change("PRAGMA user_version = 99");
    const auto opened = SqliteDeliveries::open(folder.file(file));
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find("newer version"), std::string::npos);
}

}  // namespace
}  // namespace rotacast::store

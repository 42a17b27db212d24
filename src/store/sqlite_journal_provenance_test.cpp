// What is stored beside an entry of where it comes from (ADR 0047).

#include "store/schema.hpp"
#include "store/sqlite_journal_for_tests.hpp"

#include <gtest/gtest.h>

namespace rotacast::store {
namespace {

events::ProvenancePtr some_provenance() {
    events::Provenance said;
    events::keep_trace(
        said, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "vendor=\"1\"");
    said.request_id = "r-1";
    said.source = "/klinik/überall";
    return events::shared(std::move(said));
}

bus::AppendRequest traced_event() {
    auto request = one_event();
    request.envelopes.front().provenance = some_provenance();
    return request;
}

TEST_F(SqliteJournalTest, KeepsTheProvenanceOfAnEntryBesideIt) {
    open();
    bus::Followed followed(*journal);
    ASSERT_TRUE(append_now(*journal, traced_event()));
    ASSERT_TRUE(append_now(*journal, one_event()));
    ASSERT_EQ(followed.entries.size(), 2U);
    EXPECT_EQ(*followed.entries[0].envelope.provenance, *some_provenance());
    EXPECT_FALSE(followed.entries[1].envelope.provenance);
    open();
    const auto read = journal->read(0, 10).value();
    ASSERT_EQ(read->entries.size(), 2U);
    EXPECT_EQ(*read->entries[0].envelope.provenance, *some_provenance());
    EXPECT_FALSE(read->entries[1].envelope.provenance);
    EXPECT_EQ(events::to_json(read->entries[0].envelope).find("r-1"), std::string::npos);
}

TEST_F(SqliteJournalTest, ARepeatedEventOfAnotherRequestIsADuplicate) {
    open();
    auto request = traced_event();
    ASSERT_TRUE(append_now(*journal, request));
    request.envelopes.front().provenance = nullptr;
    EXPECT_TRUE(append_now(*journal, request).value().at(0).duplicate);
    EXPECT_TRUE(journal->read(0, 10).value()->entries[0].envelope.provenance);
}

TEST_F(SqliteJournalTest, OpensFilesFromBeforeProvenance) {
    open();
    ASSERT_TRUE(append_now(*journal, one_event()));
    journal.reset();
    {
        auto connection = open_database(path).value();
        // Takes back what came with provenance and after it.
        std::string facts = "DROP VIEW fact_changes; DROP TABLE fact_versions;";
        {
            auto triggers = connection
                                .query(
                                    "SELECT name FROM sqlite_master WHERE type = 'trigger' "
                                    "AND name GLOB 'fact_*' AND tbl_name <> 'fact_changes'")
                                .value();
            while (triggers.next().value())
                facts += "DROP TRIGGER " + std::string(triggers.text(0)) + ';';
        }
        ASSERT_TRUE(connection.execute(facts.c_str()));
        ASSERT_TRUE(
            connection.execute("DROP TRIGGER users_signed_out;"
                               "ALTER TABLE users DROP COLUMN tokens_from;"
                               "ALTER TABLE journal_meta DROP COLUMN replica;"
                               "ALTER TABLE journal DROP COLUMN provenance;"
                               "ALTER TABLE api_keys DROP COLUMN strict;"
                               "INSERT INTO api_keys VALUES ('old', 'a', '2026-01-01');"
                               "PRAGMA user_version = 8"));
    }
    open();
    ASSERT_TRUE(append_now(*journal, traced_event()));
    const auto read = journal->read(0, 10).value();
    ASSERT_EQ(read->entries.size(), 2U);
    EXPECT_FALSE(read->entries[0].envelope.provenance);
    EXPECT_EQ(*read->entries[1].envelope.provenance, *some_provenance());
    auto connection = open_database(path).value();
    auto keys = connection.query("SELECT strict FROM api_keys").value();
    ASSERT_TRUE(keys.next().value());
    EXPECT_EQ(keys.integer(0), 0);
}

TEST_F(SqliteJournalTest, UnreadableProvenanceIsNone) {
    open();
    ASSERT_TRUE(append_now(*journal, traced_event()));
    journal.reset();
    ASSERT_TRUE(open_database(path).value().execute("UPDATE journal SET provenance = '{'"));
    open();
    const auto read = journal->read(0, 10).value();
    ASSERT_EQ(read->entries.size(), 1U);
    EXPECT_FALSE(read->entries[0].envelope.provenance);
}

}  // namespace
}  // namespace rotacast::store

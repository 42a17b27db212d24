#include "app/commands/text_table.hpp"

#include <gtest/gtest.h>

namespace rotacast::app {
namespace {

const std::vector<Column> columns{{"ID", "/id"}, {"ERROR", "/error/name"}, {"MESSAGE", "/message"}};

TEST(TextTable, IsAsWideAsItsWidestCells) {
    const auto rows =
        reflect::parse_json(
            R"([{"id":7,"error":{"name":"Timeout"},"message":"zu spät"},{"id":1234}])")
            .value();
    EXPECT_EQ(table_text(columns, rows.as_array()),
              "ID    ERROR    MESSAGE\n"
              "7     Timeout  zu spät\n"
              "1234  -        -\n");
}

TEST(TextTable, PrintsHeadingsWithoutRows) {
    EXPECT_EQ(table_text(columns, {}), "ID  ERROR  MESSAGE\n");
}

TEST(TextTable, ReplacesControlCharacters) {
    const auto row = reflect::parse_json(R"({"message":"\u001b[2Jgone\nand\u007f"})").value();
    EXPECT_EQ(cell_text(row, "/message"), " [2Jgone and ");
}

TEST(TextTable, PrintsACardWithOneLinePerColumn) {
    const auto row = reflect::parse_json(R"({"id":7,"error":{"name":"Timeout"}})").value();
    EXPECT_EQ(card_text(columns, row),
              "ID       7\n"
              "ERROR    Timeout\n"
              "MESSAGE  -\n");
}

}  // namespace
}  // namespace rotacast::app

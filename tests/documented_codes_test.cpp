// The tables of close codes in docs/protocol.md are those of the code, in both directions: a code
// that is missing, has another number or another reason fails. (contract/errors.md is generated.)

#include "graphql/close_code.hpp"
#include "net/websocket_handler.hpp"
#include "ws/close_code.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace rotacast {
namespace {

using Row = std::vector<std::string>;
using Codes = std::set<int>;

std::string trimmed(std::string text) {
    text.erase(0, text.find_first_not_of(' '));
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

/// The rows below the table's head line.
std::vector<Row> table_below(const std::string& head) {
    std::ifstream in(std::filesystem::path(ROTACAST_SOURCE_DIR) / "docs" / "protocol.md");
    std::string line;
    while (std::getline(in, line) && line != head) {
    }
    std::getline(in, line);  // |---|---|
    std::vector<Row> rows;
    while (std::getline(in, line) && line.starts_with('|')) {
        std::istringstream cells(line.substr(1));
        Row row;
        for (std::string cell; std::getline(cells, cell, '|');) row.push_back(trimmed(cell));
        rows.push_back(std::move(row));
    }
    return rows;
}

/// What stands between backticks before the first parenthesis.
std::vector<std::string> names_in(const std::string& cell) {
    static const std::regex name("`([a-z_]+)`");
    const auto text = cell.substr(0, cell.find('('));
    std::vector<std::string> names;
    for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at)
        names.push_back((*at)[1]);
    return names;
}

Codes codes_in(const std::string& cell) {
    static const std::regex number("[0-9]+");
    Codes codes;
    for (std::sregex_iterator at(cell.begin(), cell.end(), number), end; at != end; ++at)
        codes.insert(std::stoi((*at)[0]));
    return codes;
}

/// Of the classic protocol, rotacast.v1 and GraphQL.
struct Closing {
    Codes classic;
    Codes v1;
    Codes graphql;

    bool operator==(const Closing&) const = default;
};

void PrintTo(const Closing& closing, std::ostream* out) {
    for (const auto* codes : {&closing.classic, &closing.v1, &closing.graphql}) {
        for (const int code : *codes) *out << code << ' ';
        *out << "| ";
    }
}

std::string name_in(std::string_view reason) {
    return std::string(reason.substr(0, reason.find(':')));
}

std::map<std::string, Closing> coded() {
    std::map<std::string, Closing> all;
    for (const auto& row : ws::closing_errors)
        all[std::string(info(row.error).name)] = {
            {ws::classic_close_code(row.error).code}, {row.v1}, {row.graphql}};
    namespace close = ws::close;
    using net::SessionEnd;
    // A handler that threw, instead of refusing.
    all["internal"].classic.insert(net::registered_farewell(SessionEnd::fault).code);
    const int draining = close::server_draining.code;
    all[name_in(close::server_draining.reason)] = {
        {net::registered_farewell(SessionEnd::shutdown).code}, {draining}, {draining}};
    const int again = close::please_reconnect.code;
    all[name_in(close::please_reconnect.reason)] = {
        {close::classic_please_reconnect.code}, {again}, {again}};
    const int silent = close::keepalive_timeout.code;
    all[name_in(close::keepalive_timeout.reason)] = {
        {net::registered_farewell(SessionEnd::silent).code},
        {silent},
        {close::graphql_keepalive_timeout.code}};
    // RFC 6455 §7.4.1: what a frame or a message itself is closed for.
    all["bad_request"] = {{1002, 1007}, {1002, 1007}, {1002, 1007}};
    all["too_large"] = {{1009}, {1009}, {1009}};
    return all;
}

TEST(DocumentedCodes, OfClosedConnectionsAreThoseOfTheCode) {
    const auto rows = table_below("| reason | classic | rotacast.v1 | GraphQL | reconnect? |");
    ASSERT_GT(rows.size(), 10u);
    std::map<std::string, Closing> documented;
    for (const auto& row : rows) {
        ASSERT_EQ(row.size(), 5u) << row.front();
        EXPECT_FALSE(row[4].empty()) << row.front();
        for (const auto& name : names_in(row[0])) {
            EXPECT_FALSE(documented.contains(name)) << name << " has two rows";
            documented[name] = {codes_in(row[1]), codes_in(row[2]), codes_in(row[3])};
        }
    }
    EXPECT_EQ(documented, coded());
}

TEST(DocumentedCodes, OfTheGraphqlSubprotocolsAreThoseOfTheCode) {
    namespace close = graphql::close;
    Codes documented;
    for (const auto& row : table_below("| close | why | reconnect |")) {
        ASSERT_EQ(row.size(), 3u) << row.front();
        documented.merge(codes_in(row[0]));
    }
    EXPECT_EQ(documented,
              (Codes{close::invalid_message,
                     close::unauthorized,
                     close::subprotocol_not_acceptable,
                     close::initialisation_timeout,
                     close::subscriber_exists,
                     close::too_many_requests}));
}

}  // namespace
}  // namespace rotacast

#pragma once

// JSON rows as columns for people.

#include "reflect/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::app {

struct Column {
    std::string_view heading;
    std::string_view pointer;  ///< into a row, e.g. `/error/name`
};

/// What stands at `pointer` in `row`; `-` for nothing. Control characters become blanks: text of
/// strangers must not steer the terminal.
std::string cell_text(const reflect::json::value& row, std::string_view pointer);

/// A line of headings, then one per row, each column as wide as its widest cell.
std::string table_text(const std::vector<Column>& columns, const reflect::json::array& rows);

/// One line per column: heading and cell.
std::string card_text(const std::vector<Column>& columns, const reflect::json::value& row);

}  // namespace rotacast::app

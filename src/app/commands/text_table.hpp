#pragma once

// Formats JSON rows as text columns.

#include "reflect/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::app {

struct Column {
    std::string_view heading;
    std::string_view pointer;  ///< JSON pointer into a row, e.g. `/error/name`
};

/// The value at `pointer` in `row` as text; `-` if there is none. Replaces control characters by
/// spaces: untrusted text must not control the terminal.
std::string cell_text(const reflect::json::value& row, std::string_view pointer);

/// A heading line, then one line per row; each column is as wide as its widest cell.
std::string table_text(const std::vector<Column>& columns, const reflect::json::array& rows);

/// One line per column: heading and value.
std::string card_text(const std::vector<Column>& columns, const reflect::json::value& row);

}  // namespace rotacast::app

#include "app/commands/text_table.hpp"

#include <algorithm>

namespace rotacast::app {
namespace {

using Cells = std::vector<std::string>;

/// Counts characters, not bytes of UTF-8.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t width) {
    const auto has = width_of(text);
    if (has < width) text.append(width - has, ' ');
    return text;
}

std::string without_controls(std::string text) {
    for (auto& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    return text;
}

std::string line_of(const Cells& cells, const std::vector<std::size_t>& widths) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i)
        line += i + 1 < cells.size() ? padded(cells[i], widths[i]) + "  " : cells[i];
    return line + '\n';
}

}  // namespace

std::string cell_text(const reflect::json::value& row, std::string_view pointer) {
    boost::system::error_code missing;
    const auto* value = row.find_pointer({pointer.data(), pointer.size()}, missing);
    if (!value || value->is_null()) return "-";
    if (!value->is_string()) return reflect::to_json_text(*value);
    const auto& text = value->get_string();
    return text.empty() ? "-" : without_controls(std::string(text));
}

std::string table_text(const std::vector<Column>& columns, const reflect::json::array& rows) {
    std::vector<Cells> lines(1);
    for (const auto& column : columns) lines.front().emplace_back(column.heading);
    for (const auto& row : rows) {
        auto& cells = lines.emplace_back();
        for (const auto& column : columns) cells.push_back(cell_text(row, column.pointer));
    }
    std::vector<std::size_t> widths(columns.size());
    for (const auto& cells : lines)
        for (std::size_t i = 0; i < cells.size(); ++i)
            widths[i] = std::max(widths[i], width_of(cells[i]));
    std::string text;
    for (const auto& cells : lines) text += line_of(cells, widths);
    return text;
}

std::string card_text(const std::vector<Column>& columns, const reflect::json::value& row) {
    std::size_t width = 0;
    for (const auto& column : columns) width = std::max(width, width_of(column.heading));
    std::string text;
    for (const auto& column : columns)
        text += line_of({std::string(column.heading), cell_text(row, column.pointer)}, {width, 0});
    return text;
}

}  // namespace rotacast::app

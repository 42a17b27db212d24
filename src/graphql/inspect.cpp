#include "graphql/inspect.hpp"

#include "base/json_text.hpp"

namespace rotacast::graphql {
namespace {

constexpr std::size_t text_max = 100;
constexpr std::size_t members_max = 10;
constexpr int depth_max = 2;

void append(std::string& out, const json::value& value, int depth);

void append_text(std::string& out, std::string_view text) {
    const auto shown = cut(text, text_max);
    append_json_string(out, shown);
    if (shown.size() < text.size()) out += "...";
}

void append_list(std::string& out, const json::array& list, int depth) {
    if (depth == depth_max && !list.empty()) {
        out += "[Array]";
        return;
    }
    out += '[';
    for (std::size_t i = 0; i < list.size() && i <= members_max; ++i) {
        if (i > 0) out += ", ";
        if (i == members_max)
            out += "... " + std::to_string(list.size() - members_max) + " more items";
        else
            append(out, list[i], depth + 1);
    }
    out += ']';
}

void append_object(std::string& out, const json::object& object, int depth) {
    if (object.empty()) {
        out += "{}";
    } else if (depth == depth_max) {
        out += "[Object]";
    } else {
        std::size_t count = 0;
        for (const auto& [key, value] : object) {
            out += count == 0 ? "{ " : ", ";
            if (count++ == members_max) {
                out += "...";
                break;
            }
            out += cut(key, text_max);
            out += ": ";
            append(out, value, depth + 1);
        }
        out += " }";
    }
}

void append(std::string& out, const json::value& value, int depth) {
    if (value.is_string())
        append_text(out, value.get_string());
    else if (value.is_array())
        append_list(out, value.get_array(), depth);
    else if (value.is_object())
        append_object(out, value.get_object(), depth);
    else
        reflect::append_json(out, value);
}

}  // namespace

std::string inspect(const json::value& value) {
    std::string out;
    append(out, value, 0);
    return out;
}

}  // namespace rotacast::graphql

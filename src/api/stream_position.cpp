#include "api/stream_position.hpp"

#include <algorithm>
#include <cctype>
#include <ranges>
#include <string>
#include <string_view>

namespace rotacast::api {
namespace {

constexpr std::string_view header_name = "Last-Event-ID";

std::string letters_of(std::string_view name) {
    std::string letters;
    for (const char c : name)
        if (c != '-' && c != '_')
            letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return letters;
}

/// lastEventId (npm event-source-polyfill, reconnecting-eventsource), evs_last_event_id (npm
/// eventsource-polyfill), last-event-id and the like.
bool is_last_event_id(std::string_view name) {
    const auto letters = letters_of(name);
    return letters == "lasteventid" || letters == "evslasteventid";
}

bool is_cursor(std::string_view name) {
    return letters_of(name) == "cursor";
}

struct Place {
    std::string_view name;
    std::string_view text;
};

template <class Means>
std::optional<Place> last_parameter(const http::RequestContext& context, Means means) {
    for (const auto& [name, text] : std::views::reverse(context.target.query))
        if (!text.empty() && means(name)) return Place{name, text};
    return std::nullopt;
}

std::optional<Place> place_in(const http::RequestContext& context) {
    const auto header = context.header(header_name);
    if (header && !header->empty()) return Place{header_name, *header};
    if (auto parameter = last_parameter(context, is_last_event_id)) return parameter;
    return last_parameter(context, is_cursor);
}

}  // namespace

Result<std::optional<events::Cursor>> position_in(const http::RequestContext& context) {
    const auto place = place_in(context);
    if (!place) return std::optional<events::Cursor>{};
    auto cursor = events::Cursor::parse(place->text);
    if (!cursor) return Error{ErrorCode::cursor_invalid, "", '/' + std::string(place->name)};
    return cursor;
}

}  // namespace rotacast::api

#include "api/bus_requests.hpp"

#include "reflect/decode.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace rotacast::api {
namespace {

constexpr std::size_t reason_bytes_max = 1000;
constexpr std::int64_t window_s_max = 3600;  // as drain_window_s

struct Selection {
    std::optional<std::int64_t> id;
    std::optional<std::string> subscriber;
    std::optional<std::string> event_type;
    std::optional<std::string> error;
    std::optional<Uuid> event_id;
    std::optional<bool> all;
};
DESCRIBE(Selection,
         "Which dead letters; everything that is set must fit.",
         (id, "One letter."),
         (subscriber, "Those of one subscriber."),
         (event_type, "Those of one type of event."),
         (error, "Those that failed with an error of this name."),
         (event_id, "Those of one event."),
         (all, "True selects all dead letters; no other member may be given."))

struct Range {
    std::optional<std::string> from;
    std::optional<std::string> to;
};
DESCRIBE(Range,
         "Entries of the journal.",
         (from, "Cursor behind which it begins."),
         (to, "Cursor of the last entry."))

struct Reason {
    std::string reason;
};
DESCRIBE(Reason, "Why.", (reason, "For the audit; 1 to 1000 bytes."))

struct DrainBody {
    std::optional<std::int64_t> window_s;
    std::optional<std::string> reason;
};
DESCRIBE(DrainBody,
         "How the server is to go down.",
         (window_s, "Connections are closed over this time; the configured one if absent."),
         (reason, "For the audit; 1 to 1000 bytes."))

Error invalid(std::string message, std::string path) {
    return {ErrorCode::invalid_field, std::move(message), std::move(path)};
}

/// Decodes one object whose members must all belong to one of `parts`.
template <class... Parts>
Result<void> decode_strictly(std::string_view body, Parts&... parts) {
    const auto document = reflect::parse_json(body);
    if (!document) return document.error();
    reflect::Decoder decoder;
    const auto* object = document->if_object();
    if (!object) {
        decoder.refuse("an object");
        return *decoder.error();
    }
    std::vector<std::string_view> known;
    const bool good = (decoder.decode_members(parts, *object, known) && ...);
    if (!good || !decoder.note_unknown(*object, known)) return *decoder.error();
    if (!decoder.ignored().empty())
        return invalid("This member is not known here.", decoder.ignored().front());
    return {};
}

bool selects(const Selection& s) {
    return s.id || s.subscriber || s.event_type || s.error || s.event_id;
}

/// An empty selection is refused: everything must be selected explicitly.
Result<bus::DeadLetterFilter> filter_of(const Selection& selection) {
    const bool all = selection.all.value_or(false);
    if (all && selects(selection))
        return invalid("`all` cannot be combined with other members.", "/all");
    if (!all && !selects(selection))
        return invalid(
            "Select by id, subscriber, event_type, error or event_id, or say \"all\":true.", "");
    bus::DeadLetterFilter filter;
    filter.id = selection.id;
    filter.subscriber = selection.subscriber;
    filter.event_type = selection.event_type;
    filter.error_name = selection.error;
    filter.event_id = selection.event_id;
    return filter;
}

Result<bus::Offset> offset_of(const std::optional<std::string>& text,
                              const std::string& epoch,
                              const char* path) {
    if (!text) return Error{ErrorCode::missing_field, "A range takes `from` and `to`.", path};
    const auto cursor = bus::Cursor::parse(*text);
    if (!cursor) return Error{ErrorCode::cursor_invalid, "", path};
    if (cursor->epoch != epoch)
        return Error{ErrorCode::cursor_invalid, "The cursor is of another journal.", path};
    return cursor->position.whole_entries();
}

Result<JournalRange> range_of(const Selection& selection,
                              const Range& range,
                              const std::string& epoch) {
    if (!selection.subscriber)
        return Error{ErrorCode::missing_field, "A range needs a `subscriber`.", "/subscriber"};
    auto rest = selection;
    rest.subscriber.reset();
    if (selects(rest) || rest.all)
        return invalid("A range takes only `subscriber`, `from` and `to`.", "");
    const auto from = offset_of(range.from, epoch, "/from");
    if (!from) return from.error();
    const auto to = offset_of(range.to, epoch, "/to");
    if (!to) return to.error();
    return JournalRange{*selection.subscriber, *from, *to};
}

Result<void> check_reason(const std::string& reason) {
    if (reason.empty() || reason.size() > reason_bytes_max)
        return invalid("Takes 1 to " + std::to_string(reason_bytes_max) + " bytes.", "/reason");
    return {};
}

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Result<std::int64_t> query_number(const http::RequestContext& context,
                                  std::string_view name,
                                  std::int64_t fallback,
                                  std::int64_t max) {
    const auto text = context.query(name);
    if (!text) return fallback;
    const auto value = whole_number(*text);
    if (!value || *value < 1 || *value > max)
        return invalid("Takes a number from 1 to " + std::to_string(max) + ".",
                       "/" + std::string(name));
    return *value;
}

std::optional<std::string> query_text(const http::RequestContext& context, std::string_view name) {
    const auto text = context.query(name);
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

Result<void> check_query(const http::RequestContext& context,
                         const std::vector<std::string_view>& known) {
    for (const auto& [name, value] : context.target.query)
        if (std::ranges::find(known, name) == known.end())
            return invalid("This parameter is not known here.", "/" + name);
    return {};
}

Result<std::optional<Uuid>> query_uuid(const http::RequestContext& context, std::string_view name) {
    const auto text = context.query(name);
    if (!text) return std::optional<Uuid>{};
    const auto id = Uuid::parse(*text);
    if (!id) return invalid("Takes a UUID.", "/" + std::string(name));
    return id;
}

Result<bus::DeadLetterFilter> dead_letter_filter_of(const http::RequestContext& context) {
    bus::DeadLetterFilter filter;
    filter.subscriber = query_text(context, "subscriber");
    filter.event_type = query_text(context, "event_type");
    filter.error_name = query_text(context, "error");
    auto event_id = query_uuid(context, "event_id");
    if (!event_id) return event_id.error();
    filter.event_id = *event_id;
    const auto state = context.query("state").value_or("dead");
    if (state != "dead" && state != "discarded")
        return invalid("Takes dead or discarded.", "/state");
    filter.discarded = state == "discarded";
    return filter;
}

Result<bus::Page> page_of(const http::RequestContext& context) {
    bus::Page page;
    const auto before =
        query_number(context, "before", page.before, std::numeric_limits<std::int64_t>::max());
    if (!before) return before.error();
    const auto limit = query_number(context, "limit", page.limit, bus::Page::limit_max);
    if (!limit) return limit.error();
    page.before = *before;
    page.limit = *limit;
    return page;
}

Result<std::int64_t> path_id(const http::RequestContext& context) {
    const auto id = whole_number(context.path_parameter);
    if (!id) return Error{ErrorCode::not_found, "The id is a number.", ""};
    return *id;
}

Result<ReplayRequest> decode_replay(std::string_view body, const std::string& epoch) {
    Selection selection;
    Range range;
    if (const auto done = decode_strictly(body, selection, range); !done) return done.error();
    ReplayRequest request;
    if (range.from || range.to) {
        auto made = range_of(selection, range, epoch);
        if (!made) return made.error();
        request.range = std::move(*made);
        return request;
    }
    auto filter = filter_of(selection);
    if (!filter) return filter.error();
    request.filter = std::move(*filter);
    return request;
}

Result<DiscardRequest> decode_discard(std::string_view body) {
    Selection selection;
    Reason reason;
    if (const auto done = decode_strictly(body, selection, reason); !done) return done.error();
    if (const auto good = check_reason(reason.reason); !good) return good.error();
    auto filter = filter_of(selection);
    if (!filter) return filter.error();
    return DiscardRequest{std::move(*filter), std::move(reason.reason)};
}

Result<bus::DeadLetterFilter> decode_restore(std::string_view body) {
    Selection selection;
    if (const auto done = decode_strictly(body, selection); !done) return done.error();
    return filter_of(selection);
}

Result<DrainRequest> decode_drain(std::string_view body) {
    DrainBody wanted;
    if (!body.empty())
        if (const auto done = decode_strictly(body, wanted); !done) return done.error();
    if (wanted.window_s && (*wanted.window_s < 0 || *wanted.window_s > window_s_max))
        return invalid("Takes 0 to " + std::to_string(window_s_max) + " seconds.", "/window_s");
    if (wanted.reason)
        if (const auto good = check_reason(*wanted.reason); !good) return good.error();
    DrainRequest request;
    if (wanted.window_s) request.window = std::chrono::seconds(*wanted.window_s);
    request.reason = std::move(wanted.reason).value_or("");
    return request;
}

Result<std::string> decode_reason(std::string_view body) {
    Reason reason;
    if (const auto done = decode_strictly(body, reason); !done) return done.error();
    if (const auto good = check_reason(reason.reason); !good) return good.error();
    return std::move(reason.reason);
}

}  // namespace rotacast::api

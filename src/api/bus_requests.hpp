#pragma once

// What operators send: filters and pages in queries, selections in bodies. A word that
// nobody understands is refused with its path: an ignored filter would select too much.

#include "bus/delivery.hpp"
#include "net/request_context.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::api {

/// `subscriber`, `event_type`, `error`, `event_id`, `state` (dead or discarded).
Result<bus::LetterFilter> letter_filter_of(const net::RequestContext& context);

/// `before` (an id), `limit` (1 to Page::limit_max).
Result<bus::Page> page_of(const net::RequestContext& context);

/// A UUID in the query.
Result<std::optional<Uuid>> query_uuid(const net::RequestContext& context, std::string_view name);

/// `invalid_field` for the first parameter that is none of `known`.
Result<void> check_query(const net::RequestContext& context,
                         const std::vector<std::string_view>& known);

/// The `{id}` of the path; `not_found` when it is none.
Result<std::int64_t> path_id(const net::RequestContext& context);

/// Entries (from, to] of the journal, for one subscriber.
struct JournalRange {
    std::string subscriber;
    bus::Offset from = 0;
    bus::Offset to = 0;
};

/// What is to be replayed: letters, or a range of the journal if there is one.
struct ReplayRequest {
    bus::LetterFilter filter;
    std::optional<JournalRange> range;
};

/// Cursors must be of `epoch`. Selections: `id`, `subscriber`, `event_type`, `error`, `event_id`,
/// or `"all":true` alone.
Result<ReplayRequest> decode_replay(std::string_view body, const std::string& epoch);

struct DiscardRequest {
    bus::LetterFilter filter;
    std::string reason;
};
Result<DiscardRequest> decode_discard(std::string_view body);
Result<bus::LetterFilter> decode_restore(std::string_view body);

struct DrainRequest {
    std::optional<std::chrono::seconds> window;  ///< nullopt: the configured one
    std::string reason;
};
/// `{"window_s","reason"}`, both optional; an empty body is an empty object.
Result<DrainRequest> decode_drain(std::string_view body);

/// `{"reason"}`.
Result<std::string> decode_reason(std::string_view body);

}  // namespace rotacast::api

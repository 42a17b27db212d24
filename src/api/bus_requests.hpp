#pragma once

// Requests of operators: filters and pages in queries, selections in bodies. An unknown name is
// refused with its path, because an ignored filter would select too much.

#include "bus/delivery.hpp"
#include "http/request_context.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::api {

/// Reads `subscriber`, `event_type`, `error`, `event_id`, `state` (dead or discarded).
Result<bus::DeadLetterFilter> dead_letter_filter_of(const http::RequestContext& context);

/// Reads `before` (an id) and `limit` (1 to Page::limit_max).
Result<bus::Page> page_of(const http::RequestContext& context);

/// A UUID in the query; nullopt if absent.
Result<std::optional<Uuid>> query_uuid(const http::RequestContext& context, std::string_view name);

/// Errors: `invalid_field` for the first parameter that is not in `known`.
Result<void> check_query(const http::RequestContext& context,
                         const std::vector<std::string_view>& known);

/// The `{id}` in the path. Errors: `not_found` if it is not a number.
Result<std::int64_t> path_id(const http::RequestContext& context);

/// The entries (from, to] of the journal, for one subscriber.
struct JournalRange {
    std::string subscriber;
    bus::Offset from = 0;
    bus::Offset to = 0;
};

/// What to replay: the range of the journal if given, else dead letters.
struct ReplayRequest {
    bus::DeadLetterFilter filter;
    std::optional<JournalRange> range;
};

/// Cursors must belong to `epoch`. Selections: `id`, `subscriber`, `event_type`, `error`,
/// `event_id`, or `"all":true` alone.
Result<ReplayRequest> decode_replay(std::string_view body, const std::string& epoch);

struct DiscardRequest {
    bus::DeadLetterFilter filter;
    std::string reason;
};
Result<DiscardRequest> decode_discard(std::string_view body);
Result<bus::DeadLetterFilter> decode_restore(std::string_view body);

struct DrainRequest {
    std::optional<std::chrono::seconds> window;  ///< nullopt: use the configured one
    std::string reason;
};
/// `{"window_s","reason"}`, both optional; an empty body is an empty object.
Result<DrainRequest> decode_drain(std::string_view body);

/// `{"reason"}`.
Result<std::string> decode_reason(std::string_view body);

}  // namespace rotacast::api

#pragma once

// Where a client of an event stream wants to continue (docs/protocol.md, "Server-sent events").

#include "base/error.hpp"
#include "events/cursor.hpp"
#include "http/request_context.hpp"

#include <optional>

namespace rotacast::api {

/// The position that a request names; nullopt: none, so the stream begins live. The first place
/// with a text that is not empty counts:
///
/// 1. the header Last-Event-ID (HTML standard, §9.2.5), which a browser sets when it reconnects by
///    itself;
/// 2. `lastEventId` in the query, in any spelling, as polyfills set it that may not set the header;
/// 3. `cursor` in the query, which is in the page's own URL.
///
/// The later ones stay in the URL when a client reconnects, so they are older. For the same reason
/// the last of several parameters counts. Error: `cursor_invalid`; the path names the place.
Result<std::optional<events::Cursor>> position_in(const http::RequestContext& context);

}  // namespace rotacast::api

#pragma once

// What the session of a stream calls: implemented by the protocols above.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/time.hpp"
#include "http/sse.hpp"

namespace rotacast::http {

class SseSession;

/// Why a stream ended.
enum class SseEnd : std::uint8_t {
    closed,         ///< by the server, on purpose
    gone,           ///< the client disconnected, or the connection broke
    slow_consumer,  ///< the client did not keep up, and the policy is to end the stream
};

/// The source of a stream: of server-sent events, or of another body of messages if it overrides
/// content_type(), greeting() and keep_alive(). Owned by the session; all calls come on the
/// session's loop, one at a time. The session's own functions never call back into the handler
/// before they return, except for what is const. If the client disconnects before the response is
/// sent, the handler is destroyed without any call but those of content_type() and greeting().
///
/// An exception thrown by a handler ends its stream, nothing else.
class SseHandler {
  public:
    virtual ~SseHandler() = default;

    /// Of the response.
    virtual std::string_view content_type() const { return "text/event-stream"; }
    /// The beginning of the body, sent together with the head, so that proxies which compress pass
    /// on both. Less than 512 bytes: Caddy 2.6 compresses, and then holds back, a body of which it
    /// sees more at first. Valid as long as the handler.
    virtual std::string_view greeting() const { return sse_comment; }
    /// Sent on a quiet stream. Valid as long as the handler.
    virtual std::string_view keep_alive() const { return sse_comment; }
    /// What the client is told when the session ends the stream by itself: the server is shutting
    /// down (`unavailable`), something failed (`internal`), or the client reads too slowly
    /// (`slow_consumer`). Empty: nothing; a slow client is then cut off.
    virtual std::string farewell(ErrorCode /*reason*/) const { return {}; }

    /// The first call after these. Release the session in on_closed.
    virtual void on_open(std::shared_ptr<SseSession> session) = 0;

    /// Called about every 250 ms while open. Must be cheap.
    virtual void on_tick(Timestamp) {}

    /// The send queue has become empty after it held something.
    virtual void on_drained() {}

    /// The server is shutting down: the stream ends `in` from now; see LoopMember.
    virtual void on_draining(std::chrono::milliseconds /*in*/,
                             std::chrono::milliseconds /*come_back_in*/) {}

    /// Called exactly once after on_open, as the last call. Nothing sent from now on arrives.
    virtual void on_closed(SseEnd end) = 0;
};

}  // namespace rotacast::http

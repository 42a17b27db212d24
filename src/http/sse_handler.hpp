#pragma once

// What the session of an event stream calls: implemented by the protocols above.

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/time.hpp"

namespace rotacast::http {

class SseSession;

/// Why a stream ended.
enum class SseEnd : std::uint8_t {
    closed,         ///< by the server, on purpose
    gone,           ///< the client disconnected, or the connection broke
    slow_consumer,  ///< the client did not keep up, and the policy is to end the stream
};

/// The source of a stream of server-sent events. Owned by the session; all calls come on the
/// session's loop, one at a time. The session's own functions never call back into the handler
/// before they return. If the client disconnects before the response is sent, the handler is
/// destroyed without any call.
///
/// An exception thrown by a handler ends its stream, nothing else.
class SseHandler {
  public:
    virtual ~SseHandler() = default;

    /// The first call. Release the session in on_closed.
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

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/time.hpp"

namespace rotacast::net {

class SseSession;

/// Why a stream ended.
enum class SseEnd : std::uint8_t {
    closed,         ///< by us, on purpose
    gone,           ///< the client left, or the connection broke
    slow_consumer,  ///< the client took less than it was sent, and the policy is to end that
};

/// What feeds a stream of server-sent events. Owned by the session; all calls come on the session's
/// loop, one at a time. The session's own functions never call back into the handler before they
/// return. It may be destroyed without any call, when the client has gone before its answer.
///
/// An exception that leaves a handler ends its stream, nothing else.
class SseHandler {
  public:
    virtual ~SseHandler() = default;

    /// First call. Let go of the session in on_closed.
    virtual void on_open(std::shared_ptr<SseSession> session) = 0;

    /// About every 250 ms while open. Must be cheap.
    virtual void on_tick(Timestamp) {}

    /// The send queue has run empty after something was in it.
    virtual void on_drained() {}

    /// The server is going down: the stream ends `in` from now; see LoopMember.
    virtual void on_draining(std::chrono::milliseconds /*in*/,
                             std::chrono::milliseconds /*come_back_in*/) {}

    /// Exactly once after on_open, and last. Nothing sent from now on arrives.
    virtual void on_closed(SseEnd end) = 0;
};

}  // namespace rotacast::net

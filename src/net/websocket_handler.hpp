#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/time.hpp"

namespace rotacast::net {

class WebSocketSession;

/// What a protocol does with a WebSocket connection. Owned by the session; all calls come on the
/// session's loop, one at a time. The session's own functions never call back into the handler
/// before they return, so a handler may send, close, pause and resume wherever it likes.
///
/// An exception that leaves a handler ends its connection with 1011, nothing else.
class WebSocketHandler {
  public:
    virtual ~WebSocketHandler() = default;

    /// First call. To keep the session beyond a call, keep a weak_ptr, or let go in on_closed.
    virtual void on_open(std::shared_ptr<WebSocketSession> session) = 0;

    /// A whole message; text is valid UTF-8. The view ends with the call.
    virtual void on_text(std::string_view text) = 0;
    virtual void on_binary(std::string_view bytes) = 0;

    /// About every 250 ms while open. Must be cheap: all connections get it.
    virtual void on_tick(Timestamp) {}

    /// The send queue has run empty after something was in it.
    virtual void on_drained() {}

    /// The server is going down; see LoopMember.
    virtual void on_draining(std::chrono::milliseconds /*come_back_in*/) {}

    /// The reason beside 1001, at the end of that.
    virtual std::string_view goodbye() const { return "going_away"; }

    /// The client reads too slowly and is to be closed: with which code.
    virtual std::uint16_t on_overflow() { return 1008; }

    /// Exactly once after on_open, and last: the connection is closing or gone, by either side.
    /// Nothing sent from now on arrives.
    virtual void on_closed() = 0;
};

}  // namespace rotacast::net

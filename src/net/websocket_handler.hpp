#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/time.hpp"

namespace rotacast::net {

class WebSocketSession;

/// A protocol on a WebSocket connection. Owned by the session; all calls come on the session's
/// loop, one at a time. The session's own functions never call back into the handler before they
/// return, so a handler may send, close, pause and resume at any time.
///
/// An exception thrown by a handler ends its connection with 1011, nothing else.
class WebSocketHandler {
  public:
    virtual ~WebSocketHandler() = default;

    /// The first call. To keep the session beyond a call, keep a weak_ptr, or release it in
    /// on_closed.
    virtual void on_open(std::shared_ptr<WebSocketSession> session) = 0;

    /// A whole message; text is valid UTF-8. The view is valid during the call.
    virtual void on_text(std::string_view text) = 0;
    virtual void on_binary(std::string_view bytes) = 0;

    /// Called about every 250 ms while open. Must be cheap: all connections get it.
    virtual void on_tick(Timestamp) {}

    /// The send queue has become empty after it held something.
    virtual void on_drained() {}

    /// The server is shutting down; see LoopMember.
    virtual void on_draining(std::chrono::milliseconds /*come_back_in*/) {}

    /// The reason sent with 1001 when the server shuts down.
    virtual std::string_view goodbye() const { return "going_away"; }

    /// The client reads too slowly and will be closed: returns the code.
    virtual std::uint16_t on_overflow() { return 1008; }

    /// Called exactly once after on_open, as the last call: either side closes or has closed the
    /// connection. Nothing sent from now on arrives.
    virtual void on_closed() = 0;
};

}  // namespace rotacast::net

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/time.hpp"

namespace rotacast::net {

class WebSocketSession;

/// Why the session itself ends a connection that keeps to WebSocket.
enum class SessionEnd : std::uint8_t {
    slow,      ///< the client reads too slowly, and the policy is to end the connection
    silent,    ///< nothing came from the client for idle_timeout
    fault,     ///< something of this connection has failed, e.g. by an exception
    shutdown,  ///< the server is shutting down
};

/// Content of a close frame (RFC 6455 §5.5.1). `reason` has static lifetime and at most 123 bytes.
struct Farewell {
    std::uint16_t code;
    std::string_view reason;
};

/// The registered codes (RFC 6455 §7.4.1), for protocols without codes of their own.
Farewell registered_farewell(SessionEnd why) noexcept;

/// A protocol on a WebSocket connection. Owned by the session; all calls come on the session's
/// loop, one at a time. The session's own functions never call back into the handler before they
/// return, so a handler may send, close, pause and resume at any time.
///
/// An exception thrown by a handler ends its connection (SessionEnd::fault), nothing else.
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

    /// What the session closes the connection with. Called once, before on_closed, so the protocol
    /// may count it. Must not throw.
    virtual Farewell farewell(SessionEnd why) noexcept { return registered_farewell(why); }

    /// Called exactly once after on_open, as the last call: either side closes or has closed the
    /// connection. Nothing sent from now on arrives.
    virtual void on_closed() = 0;
};

}  // namespace rotacast::net

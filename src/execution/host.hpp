#pragma once

// What carries GraphQL operations: a WebSocket of either subprotocol, or the response to an HTTP
// request, as a stream of server-sent events or of parts.

#include "auth/access.hpp"
#include "auth/principal.hpp"
#include "execution/environment.hpp"
#include "graphql/message_encoder.hpp"
#include "hub/frame.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace rotacast::execution {

/// Appends a message to `to` as its transport frames it: as a WebSocket frame, as a chunk. Returns
/// where the message's text begins in `to`. Pure.
using AppendFramed = std::size_t (*)(std::string& to, std::string_view text);

/// Outlives its operations. Thread: its loop's.
class Host {
  public:
    virtual Environment& environment() = 0;
    virtual net::Loop& loop() = 0;
    virtual const graphql::MessageEncoder& encoder() const = 0;
    /// Changes when its user's row does. Called only while operations live.
    virtual const auth::Principal& principal() const = 0;

    /// Sends whole messages (records) at once, after those passed to put().
    virtual void send(std::string_view text) = 0;
    /// The same function for all hosts that frame in the same way, so that these can share results.
    virtual AppendFramed framing() const = 0;
    /// Queues the results of one batch for one operation, framed; the bytes are copied if needed.
    /// If there are other operations the frame waits for flush(), so that one batch causes one
    /// write.
    virtual void put(const hub::Frame& frame) = 0;
    virtual void flush() = 0;
    /// Something waits for the client to read it.
    virtual bool backlogged() const = 0;
    /// An operation failed and its error could not be sent: ends the connection.
    virtual void on_fault() noexcept = 0;
    /// The operation with this id has ended and its end was sent. It is destroyed later.
    virtual void ended(const std::string& id) = 0;

  protected:
    ~Host() = default;
};

}  // namespace rotacast::execution

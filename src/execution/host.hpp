#pragma once

// What carries GraphQL operations, as they see it: a WebSocket of either subprotocol, or a stream
// of server-sent events.

#include "auth/access.hpp"
#include "auth/principal.hpp"
#include "execution/services.hpp"
#include "graphql/spelling.hpp"
#include "hub/frame.hpp"

#include <string>
#include <string_view>

namespace rotacast::execution {

/// Outlives its operations. Thread: its loop's.
class Host {
  public:
    virtual Services& services() = 0;
    virtual net::Loop& loop() = 0;
    virtual const graphql::Spelling& spelling() const = 0;
    /// Changes with its user's row. Asked only while operations live.
    virtual const auth::Principal& principal() const = 0;

    /// Whole messages (records), at once, behind what was put.
    virtual void send(std::string_view text) = 0;
    /// Appends a whole message (record) as it leaves: ends with `text`.
    virtual void frame(std::string& to, std::string_view text) const = 0;
    /// What one batch is to one operation, framed; not kept. It waits for flush() if there are
    /// other operations, so that one batch is one write.
    virtual void put(const hub::Frame& frame) = 0;
    virtual void flush() = 0;
    /// Something waits for the client to read.
    virtual bool backlogged() const = 0;
    /// What goes wrong with it cannot even be said: the connection ends.
    virtual void on_fault() noexcept = 0;
    /// The operation with this id is over, and has said so. It is destroyed later.
    virtual void ended(const std::string& id) = 0;

  protected:
    ~Host() = default;
};

}  // namespace rotacast::execution

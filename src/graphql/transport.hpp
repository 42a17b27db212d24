#pragma once

// The common part of the two subprotocols of GraphQL over WebSocket: a pure state machine each,
// like ws/v1_protocol, which takes inputs and calls TransportActions. No socket, no clock, no
// thread. Results do not pass through it, only the messages around them.

#include "base/time.hpp"
#include "graphql/engine.hpp"
#include "graphql/message_encoder.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace rotacast::graphql {

/// What the state machine needs done; called only from within its inputs.
class TransportActions {
  public:
    virtual void send(std::string_view text) = 0;
    /// The last action of a connection. `reason` may be longer than a close frame allows.
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
    /// The client sent connection_init; `token` is the payload's, if it has one. Answered by
    /// exactly one call of acknowledged() or refused(), at once or later. Until then holding() is
    /// true.
    virtual void initialise(std::optional<std::string> token) = 0;
    /// Starts an operation, which runs until stop(), or until the machine is told by ended() that
    /// it is over.
    virtual void start(const std::string& id, Request request) = 0;
    virtual void stop(const std::string& id) = 0;

  protected:
    ~TransportActions() = default;
};

/// Thread: its connection's loop. After it has closed the connection, every input is ignored.
class Transport {
  public:
    virtual ~Transport() = default;

    /// A complete text message. Call only while !holding(); the session queues messages meanwhile.
    void text(TransportActions& actions, std::string_view text);
    virtual void binary(TransportActions& actions) = 0;
    /// Ends a connection that has not sent connection_init within `patience` of `opened_at`.
    void tick(TransportActions& actions,
              Timestamp now,
              Timestamp opened_at,
              std::chrono::milliseconds patience);

    void acknowledged(TransportActions& actions);
    /// Ends the connection with `code` and `reason`; a client of the legacy subprotocol is told the
    /// error before that.
    void refused(TransportActions& actions,
                 const Error& error,
                 std::uint16_t code,
                 std::string_view reason);
    /// An operation ended without the client's request; its last message was sent.
    void ended(const std::string& id) { active_.erase(id); }

    /// The encoding of messages about operations.
    virtual const MessageEncoder& encoder() const = 0;
    /// Ends the connection for a reason from outside.
    void end(TransportActions& actions, std::uint16_t code, std::string_view reason);

    bool holding() const { return state_ == State::checking; }
    bool ready() const { return state_ == State::ready; }
    bool closed() const { return state_ == State::closed; }

  protected:
    enum class State : std::uint8_t { silent, checking, ready, closed };

    virtual void receive(TransportActions& actions, std::string_view text) = 0;
    virtual void send_refusal(TransportActions& actions, const Error& error) = 0;

    /// Answered by acknowledged() or refused().
    void initialise(TransportActions& actions, const json::value* payload);

    State state_ = State::silent;
    std::set<std::string, std::less<>> active_;  // ids of the running operations
};

/// The subprotocols' names (RFC 6455 §11.5).
inline constexpr std::string_view transport_ws_name = "graphql-transport-ws";
inline constexpr std::string_view transport_legacy_name = "graphql-ws";

/// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
std::unique_ptr<Transport> transport_ws();
/// https://github.com/apollographql/subscriptions-transport-ws/blob/master/PROTOCOL.md
std::unique_ptr<Transport> transport_legacy();

}  // namespace rotacast::graphql

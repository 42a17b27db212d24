#pragma once

// What the two subprotocols of GraphQL over WebSocket have in common: a pure state machine each, as
// ws/v1_protocol is. What comes in, and what is to be done about it. No socket, no clock, no
// thread of its own. Results do not pass through here; their envelope does.

#include "base/time.hpp"
#include "graphql/engine.hpp"
#include "graphql/spelling.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace rotacast::graphql {

/// What a machine wants done; called from within its inputs only.
class TransportActions {
  public:
    virtual void send(std::string_view text) = 0;
    /// Last of all actions. `reason` may be longer than a close frame holds.
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
    /// The client introduces itself; `token` is its payload's, if there is one. Answered once, at
    /// once or later, by acknowledged() or refused(). Until then holding() is true.
    virtual void initialise(std::optional<std::string> token) = 0;
    /// The operation lives until stop(), or until the machine is told that it ended().
    virtual void start(const std::string& id, Request request) = 0;
    virtual void stop(const std::string& id) = 0;

  protected:
    ~TransportActions() = default;
};

/// Thread: its connection's loop. Once it has closed the connection, every input is ignored.
class Transport {
  public:
    virtual ~Transport() = default;

    /// A whole message. Only while !holding(); the session keeps what comes meanwhile.
    void text(TransportActions& actions, std::string_view text);
    virtual void binary(TransportActions& actions) = 0;
    /// Ends a connection that does not introduce itself within `patience` of `opened_at`.
    void tick(TransportActions& actions,
              Timestamp now,
              Timestamp opened_at,
              std::chrono::milliseconds patience);

    void acknowledged(TransportActions& actions);
    /// `reason`: the refusal's name.
    void refused(TransportActions& actions, std::uint16_t code, std::string_view reason);
    /// An operation is over without the client's doing; its last message was sent.
    void ended(const std::string& id) { active_.erase(id); }

    /// How what becomes of operations is told.
    virtual const Spelling& spelling() const = 0;
    /// Ends the connection for a reason from outside.
    void end(TransportActions& actions, std::uint16_t code, std::string_view reason);

    bool holding() const { return state_ == State::checking; }
    bool ready() const { return state_ == State::ready; }
    bool closed() const { return state_ == State::closed; }

  protected:
    enum class State : std::uint8_t { silent, checking, ready, closed };

    virtual void receive(TransportActions& actions, std::string_view text) = 0;
    virtual void tell_refused(TransportActions& actions, std::string_view reason) = 0;

    /// Answered by acknowledged() or refused().
    void initialise(TransportActions& actions, const json::value* payload);

    State state_ = State::silent;
    std::set<std::string, std::less<>> active_;  // identifiers of operations
};

/// As they are offered and selected (RFC 6455 §11.5).
inline constexpr std::string_view transport_ws_name = "graphql-transport-ws";
inline constexpr std::string_view transport_legacy_name = "graphql-ws";

/// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
std::unique_ptr<Transport> transport_ws();
/// https://github.com/apollographql/subscriptions-transport-ws/blob/master/PROTOCOL.md
std::unique_ptr<Transport> transport_legacy();

}  // namespace rotacast::graphql

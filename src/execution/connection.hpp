#pragma once

// A WebSocket that speaks GraphQL, in either subprotocol: executes what its graphql::Transport
// decides, and owns its operations.

#include "execution/operation_registry.hpp"
#include "execution/frame_coalescer.hpp"
#include "execution/environment.hpp"
#include "graphql/transport.hpp"
#include "hub/send_queue.hpp"
#include "live/live_sessions.hpp"
#include "net/websocket_handler.hpp"
#include "ws/command_rate.hpp"

#include <memory>
#include <optional>
#include <string>

namespace rotacast::execution {

/// Lives on one loop, owned by its session.
class Connection final : public net::WebSocketHandler,
                         public live::LiveSession,
                         private hub::GapEncoder,
                         private graphql::TransportActions,
                         private Host {
  public:
    /// `protocol`: that of `transport`. `token`: from the upgrade, or why there is none. A token in
    /// connection_init replaces it.
    Connection(Environment& environment,
               net::Loop& loop,
               std::unique_ptr<graphql::Transport> transport,
               live::Protocol protocol,
               Result<std::string> token,
               live::AdmissionTicket ticket);
    ~Connection() override = default;

    // WebSocketHandler
    void on_open(std::shared_ptr<net::WebSocketSession> session) override;
    void on_text(std::string_view text) override;
    void on_binary(std::string_view bytes) override;
    void on_tick(Timestamp now) override;
    void on_drained() override;
    void on_closed() override;
    net::Farewell farewell(net::SessionEnd why) noexcept override;

    // live::LiveSession
    void review(const live::AccessChange& review) override;

  private:
    // hub::GapEncoder
    hub::Frame encode(const hub::Gap& gap) const override;

    // graphql::TransportActions
    void send(std::string_view text) override;
    void close(std::uint16_t code, std::string_view reason) override;
    void initialise(std::optional<std::string> token) override;
    void start(const std::string& id, graphql::Request request) override;
    void stop(const std::string& id) override;

    // Host
    Environment& environment() override { return environment_; }
    net::Loop& loop() override { return loop_; }
    const graphql::MessageEncoder& encoder() const override { return transport_->encoder(); }
    const auth::Principal& principal() const override { return *principal_; }
    AppendFramed framing() const override;
    void put(const hub::Frame& frame) override;
    void flush() override;
    bool backlogged() const override;
    void on_fault() noexcept override;  // also of live::LiveSession
    void ended(const std::string& id) override;

    void token_checked(Result<auth::Principal> principal) noexcept;
    void admit(Result<auth::Principal> principal);
    void end(ErrorCode reason);
    bool too_fast();
    /// Pauses the session if and only if the transport waits for an asynchronous result.
    void settle();

    Environment& environment_;
    net::Loop& loop_;
    std::unique_ptr<graphql::Transport> transport_;
    // Verified only when the client sends connection_init: it may be revoked until then.
    Result<std::string> token_;
    std::optional<auth::Principal> principal_;  // set when the token is verified
    live::AdmissionTicket ticket_;
    live::OpenConnections::Slot slot_;
    ws::CommandRate rate_;
    Timestamp opened_at_;
    FrameCoalescer coalescer_;
    std::shared_ptr<net::WebSocketSession> session_;  // from on_open to on_closed
    std::shared_ptr<Connection*> self_;  // for results that arrive later; lives as long as session_
    OperationRegistry operations_{*this};  // last: operations use all other members
};

}  // namespace rotacast::execution

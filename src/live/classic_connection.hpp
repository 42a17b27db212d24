#pragma once

// A classic client's connection: executes what ws/command parsed, and receives from the hub.

#include "auth/principal.hpp"
#include "hub/subscriber.hpp"
#include "live/live_sessions.hpp"
#include "live/sources.hpp"
#include "live/supervision.hpp"
#include "net/websocket_handler.hpp"
#include "ws/command.hpp"
#include "ws/dialect.hpp"

#include <memory>

namespace rotacast::live {

/// Lives on one loop, owned by its session. Silent on success and on bad input, as the original is.
class ClassicConnection final : public net::WebSocketHandler,
                                public hub::Subscriber,
                                public LiveSession {
  public:
    ClassicConnection(Sources& sources,
                      Supervision& supervision,
                      net::Loop& loop,
                      auth::Principal principal,
                      AdmissionTicket ticket,
                      ws::Naming naming,
                      bool deflate);

    // WebSocketHandler
    void on_open(std::shared_ptr<net::WebSocketSession> session) override;
    void on_text(std::string_view text) override;
    void on_binary(std::string_view bytes) override;
    void on_tick(Timestamp now) override;
    void on_closed() override;

    // hub::Subscriber
    void deliver(const hub::Frame& frame) override;
    void on_fault() noexcept override;
    bool may_receive(const hub::Topic& topic) const override;
    Uuid user() const override { return principal_.user_id; }

    // LiveSession
    void review(const AccessChange& review) override;

  private:
    void carry_out(const ws::Subscribe& command);
    void carry_out(const ws::Unsubscribe& command);
    void carry_out(const ws::Ping& command);
    void carry_out(ws::Ignored reason);

    /// Starts a change of the user's topics and holds back later commands until it has taken effect
    /// on every loop concerned, so that a pong after a subscribe means that the subscription is
    /// active.
    template <class Start>
    void change_topics(Start&& start);

    void end(ErrorCode reason);

    ws::Naming naming() const;  ///< of the connection's encoding

    hub::UserTopics& user_topics() { return sources_.hub.users_on_loop(loop_.index()); }

    Sources& sources_;
    Supervision& supervision_;
    net::Loop& loop_;
    auth::Principal principal_;
    AdmissionTicket ticket_;
    OpenConnections::Slot slot_;
    std::shared_ptr<net::WebSocketSession> session_;  // from on_open to on_closed
};

/// Accepts the upgrade only to close it with a code and a reason: a browser's script can see these,
/// but not an HTTP status.
std::unique_ptr<net::WebSocketHandler> refusing_connection(std::uint16_t code, std::string reason);

}  // namespace rotacast::live

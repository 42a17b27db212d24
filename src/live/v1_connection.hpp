#pragma once

// A connection of rotacast.v1: executes what ws::v1::Protocol decides, and receives from the hub.

#include "presence/presence_watchers.hpp"
#include "hub/send_queue.hpp"
#include "hub/subscriber.hpp"
#include "live/admission.hpp"
#include "live/catch_up.hpp"
#include "live/credential_check.hpp"
#include "live/latest_state.hpp"
#include "live/live_sessions.hpp"
#include "live/sources.hpp"
#include "live/supervision.hpp"
#include "net/websocket_handler.hpp"
#include "ws/v1_protocol.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::live {

/// Lives on one loop, owned by its session.
class V1Connection final : public net::WebSocketHandler,
                           public hub::Subscriber,
                           public LiveSession,
                           public presence::PresenceWatcher,
                           private hub::GapEncoder,
                           private ws::v1::Actions {
  public:
    /// Without a principal the client must authenticate first; see ws::v1::Protocol::opened().
    V1Connection(Sources& sources,
                 Supervision& supervision,
                 CredentialCheck& credential_check,
                 net::Loop& loop,
                 Result<auth::Principal> principal,
                 AdmissionTicket ticket,
                 bool deflate);
    ~V1Connection() override = default;

    // WebSocketHandler
    void on_open(std::shared_ptr<net::WebSocketSession> session) override;
    void on_text(std::string_view text) override;
    void on_binary(std::string_view bytes) override;
    void on_tick(Timestamp now) override;
    void on_drained() override;
    void on_closed() override;
    void on_draining(std::chrono::milliseconds come_back_in) override;
    net::Farewell farewell(net::SessionEnd why) noexcept override;

    // hub::Subscriber
    void deliver(const hub::Frame& frame) override;
    void on_fault() noexcept override;  // also of presence::PresenceWatcher and LiveSession
    bool journal_broke(hub::Break why, std::string_view before, std::string_view after) override;
    bool may_receive(const hub::Topic& topic) const override;
    Uuid user() const override { return protocol_.principal()->user_id; }

    // LiveSession
    void review(const AccessChange& review) override;

    // presence::PresenceWatcher
    void on_presence(const presence::PresenceChange& change) override;

  private:
    // hub::GapEncoder
    hub::Frame encode(const hub::Gap& gap) const override;

    // ws::v1::Actions
    void send(std::string_view text) override;
    void close(const ws::CloseCode& code) override;
    std::string position() override;
    void refused(ErrorCode code) override;
    void subscribe(std::span<const hub::Topic> topics) override;
    void unsubscribe(std::span<const hub::Topic> topics) override;
    void set_presence(presence::PresenceStatement statement) override;
    void unwatch_presence() override;
    Result<void> acknowledge(std::string_view cursor) override;
    void check_token(std::string token) override;
    void go_live(ws::v1::GoLive request) override;
    void watch_presence(std::vector<Uuid> schedules) override;

    void token_checked(Result<auth::Principal> principal);
    void proceed();
    void find_latest();
    void latest_found(Result<LatestFound> found);
    void catch_up(const events::Cursor& from, CatchUp::Done done);
    void went_live(const Result<ws::v1::Live>& live);
    void tell_presence_alive();

    /// Passes an input to the protocol. Afterwards the session is paused if and only if the
    /// protocol waits for an asynchronous result.
    template <class Input>
    void feed(Input&& input);
    /// For results that arrive later, when the session may have ended. Created on first use: most
    /// connections never need it.
    std::weak_ptr<V1Connection*> weak();
    ws::v1::Context context();
    std::string cursor_at(const events::Position& position) const;

    hub::LoopHub& hub() const { return sources_.hub.on_loop(loop_.index()); }
    presence::LoopPresence& presence() { return sources_.presence.on_loop(loop_.index()); }

    Sources& sources_;
    Supervision& supervision_;
    CredentialCheck& credential_check_;
    net::Loop& loop_;
    ws::v1::Protocol protocol_;
    AdmissionTicket ticket_;
    OpenConnections::Slot slot_;
    Result<auth::Principal> first_principal_;         // until on_open
    std::shared_ptr<net::WebSocketSession> session_;  // from on_open to on_closed
    std::shared_ptr<V1Connection*> self_;             // see weak(); until on_closed
    std::shared_ptr<CatchUp> catch_up_;               // nullptr when not running
    std::shared_ptr<LatestState> latest_search_;      // nullptr when not running
    std::chrono::steady_clock::time_point presence_told_at_;
    bool presence_spoken_ = false;
};

}  // namespace rotacast::live

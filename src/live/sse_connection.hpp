#pragma once

// A stream of server-sent events: the records that rotacast.v1 sends after a subscribe or a resume
// (docs/protocol.md, "Server-sent events").

#include "http/body_framing.hpp"
#include "http/sse_handler.hpp"
#include "hub/send_queue.hpp"
#include "hub/subscriber.hpp"
#include "live/admission.hpp"
#include "live/catch_up.hpp"
#include "live/live_sessions.hpp"
#include "live/sources.hpp"
#include "live/supervision.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::live {

/// How a stream starts.
struct SseStart {
    std::vector<hub::Topic> topics;      ///< each once; the principal may watch them
    std::optional<events::Cursor> from;  ///< nullopt: only new events
    http::BodyFraming framing;           ///< of the session
};

/// Lives on one loop, owned by its session.
class SseConnection final : public http::SseHandler,
                            public hub::Subscriber,
                            public LiveSession,
                            private hub::GapEncoder {
  public:
    SseConnection(Sources& sources,
                  Supervision& supervision,
                  net::Loop& loop,
                  auth::Principal principal,
                  AdmissionTicket ticket,
                  SseStart start);
    ~SseConnection() override = default;

    // SseHandler
    std::string_view greeting() const override;
    void on_open(std::shared_ptr<http::SseSession> session) override;
    void on_tick(Timestamp now) override;
    void on_drained() override;
    void on_draining(std::chrono::milliseconds in, std::chrono::milliseconds come_back_in) override;
    void on_closed(http::SseEnd end) override;

    // hub::Subscriber
    void deliver(const hub::Frame& frame) override;
    void on_fault() noexcept override;
    bool journal_broke(hub::Break why, std::string_view before, std::string_view after) override;
    bool may_receive(const hub::Topic& topic) const override;
    Uuid user() const override { return principal_.user_id; }

    // LiveSession
    void review(const AccessChange& review) override;

  private:
    // hub::GapEncoder
    hub::Frame encode(const hub::Gap& gap) const override;

    void go_live();
    void catch_up(const events::Cursor& from);
    void caught_up(const CaughtUp& outcome);
    /// `reason`: counted as a refusal; nullopt if the client did nothing wrong.
    void end(std::optional<ErrorCode> reason);

    std::string cursor_at(const events::Position& position) const;
    hub::LoopHub& hub() const { return sources_.hub.on_loop(loop_.index()); }

    Sources& sources_;
    Supervision& supervision_;
    net::Loop& loop_;
    auth::Principal principal_;
    AdmissionTicket ticket_;
    OpenConnections::Slot slot_;
    std::unique_ptr<SseStart> start_;            // until on_open
    std::shared_ptr<http::SseSession> session_;  // from on_open to on_closed
    std::shared_ptr<CatchUp> catch_up_;          // while it lasts
    Timestamp warn_at_;                          // when to warn that the token expires
};

}  // namespace rotacast::live

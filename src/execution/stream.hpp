#pragma once

// GraphQL as the response to an HTTP request: a stream for one operation, of server-sent events
// (distinct connections) or of parts, or one for all operations of a client (single connection),
// which are started by separate requests. The encoder knows the protocol.

#include "execution/frame_coalescer.hpp"
#include "execution/operation_registry.hpp"
#include "execution/environment.hpp"
#include "http/sse_handler.hpp"
#include "hub/send_queue.hpp"
#include "live/live_sessions.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace rotacast::execution {

/// Lives on one loop, owned by its session.
class Stream final : public http::SseHandler,
                     public live::LiveSession,
                     private hub::GapEncoder,
                     private Host {
  public:
    using Handle = std::shared_ptr<Stream*>;

    /// Called on the stream's loop: with a handle to the stream when it opens, with nullptr when it
    /// closes.
    using OnHandle = std::function<void(Handle)>;

    /// Carries only the operation of `request`, and ends with it.
    Stream(Environment& environment,
           net::Loop& loop,
           auth::Principal principal,
           live::AdmissionTicket ticket,
           const graphql::StreamEncoder& encoder,
           graphql::Request request);
    /// For the single connection mode: carries what start() is told.
    Stream(Environment& environment,
           net::Loop& loop,
           auth::Principal principal,
           live::AdmissionTicket ticket,
           OnHandle on_handle);
    ~Stream() override = default;

    /// For the single connection mode. False if the identifier is in use.
    bool start(const std::string& id, const graphql::Request& request);
    void stop(const std::string& id) { operations_.stop(id); }

    // http::SseHandler
    std::string_view content_type() const override { return encoder_.content_type(); }
    std::string_view greeting() const override { return encoder_.greeting(); }
    std::string_view keep_alive() const override { return encoder_.keep_alive(); }
    std::string farewell(ErrorCode reason) const override;
    void on_open(std::shared_ptr<http::SseSession> session) override;
    void on_tick(Timestamp now) override;
    void on_drained() override { operations_.on_drained(); }
    void on_closed(http::SseEnd end) override;

    // live::LiveSession
    void review(const live::AccessChange& review) override;

  private:
    // hub::GapEncoder
    hub::Frame encode(const hub::Gap& gap) const override;

    // Host
    Environment& environment() override { return environment_; }
    net::Loop& loop() override { return loop_; }
    const graphql::MessageEncoder& encoder() const override { return encoder_; }
    const auth::Principal& principal() const override { return principal_; }
    void send(std::string_view text) override;
    AppendFramed framing() const override;
    void put(const hub::Frame& frame) override;
    void flush() override;
    bool backlogged() const override;
    void on_fault() noexcept override;  // also of live::LiveSession
    void ended(const std::string& id) override;

    void end_refused(ErrorCode reason);
    void end(const Error& reason);

    Environment& environment_;
    net::Loop& loop_;
    auth::Principal principal_;
    live::AdmissionTicket ticket_;
    live::OpenConnections::Slot slot_;
    const graphql::StreamEncoder& encoder_;
    std::optional<graphql::Request> request_;  // until on_open
    const bool ends_with_operation_;
    const OnHandle on_handle_;
    FrameCoalescer coalescer_;
    std::shared_ptr<http::SseSession> session_;  // from on_open to on_closed
    Handle self_;                                // from on_open to on_closed, too
    OperationRegistry operations_{*this};        // last: operations use all other members
};

}  // namespace rotacast::execution

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "load/frames.hpp"
#include "load/inflater.hpp"
#include "load/sequence_check.hpp"
#include "load/sockets.hpp"

namespace rotacast::bench {

class V1Client;

/// Callbacks of a measurement about its clients. They are called while sockets are read, so they
/// must not start or end connections directly; they call Crowd::wake() for that.
class V1Watcher {
  public:
    virtual ~V1Watcher() = default;
    /// `subscribe` or `resume` was acknowledged: the client has caught up.
    virtual void on_live(V1Client&) {}
    /// A message other than an event; `type` is its `event_type`.
    virtual void on_notice(V1Client&, std::string_view /*type*/, std::string_view /*text*/) {}
    /// The connection was rejected, or closed by the server; see close_code().
    virtual void on_ended(V1Client&) {}
    /// The time given to Crowd::wake() has come. Connections may be started and ended here.
    virtual void on_due(V1Client&) {}
};

/// How a client connects.
struct V1Login {
    Connect how;
    std::string token;
    bool offer_deflate = false;
};

/// A client of rotacast.v1 (docs/protocol.md) that watches one schedule over any number of
/// connections, one at a time, and never blocks. It keeps the cursor of the last message that had
/// one. Its first connection subscribes, every later one resumes from that cursor. The command is
/// sent as soon as the handshake is answered, without waiting for `connection_ack`.
class V1Client {
  public:
    V1Client(std::size_t index, std::string schedule_id);

    /// Ends the previous connection. Throws if no socket is available.
    void connect(const V1Login& login);
    /// Ends the connection without a close frame, by a reset or an orderly shutdown of TCP.
    void cut(bool reset);
    /// Call when the socket is readable or, while connecting(), writable.
    void on_ready(std::string& scratch, V1Watcher& watcher);
    /// Silently dropped if the connection has just ended.
    void send(std::string_view command);
    /// From now on, inflates compressed events and checks them; otherwise they are only counted.
    void check_compressed() { inflater_ = std::make_unique<Inflater>(); }

    [[nodiscard]] std::size_t index() const { return index_; }
    [[nodiscard]] int fd() const { return socket_.get(); }
    [[nodiscard]] bool connecting() const { return phase_ == Phase::connecting; }
    [[nodiscard]] bool away() const { return phase_ == Phase::away; }
    [[nodiscard]] bool live() const { return phase_ == Phase::live; }
    /// Of the last connection: the close code, or the HTTP status if it was rejected; 0 if it ended
    /// without one.
    [[nodiscard]] unsigned close_code() const { return close_code_; }
    /// now_ns() when the last handshake was answered, and when its command was.
    [[nodiscard]] std::uint64_t handshake_ns() const { return handshake_ns_; }
    [[nodiscard]] std::uint64_t live_ns() const { return live_ns_; }
    [[nodiscard]] std::uint64_t entries() const { return entries_; }

    /// Events of all connections, by the numbers at the start of their messages.
    [[nodiscard]] const SequenceCheck& events() const { return events_; }
    /// Their frames, including those not inflated, and the bytes of these on the wire.
    [[nodiscard]] std::uint64_t event_frames() const { return event_frames_; }
    [[nodiscard]] std::uint64_t event_wire_bytes() const { return event_wire_bytes_; }
    [[nodiscard]] std::uint64_t compressed_frames() const { return compressed_frames_; }
    [[nodiscard]] std::uint64_t gaps() const { return gaps_; }
    [[nodiscard]] std::uint64_t errors() const { return errors_; }

  private:
    enum class Phase : std::uint8_t { away, connecting, upgrading, entering, live };

    void finish_connect(V1Watcher& watcher);
    void take_upgrade_answer(std::string_view bytes, V1Watcher& watcher);
    void enter();
    void read(std::string_view bytes, V1Watcher& watcher);
    void on_frame(const ServerFrame& frame, V1Watcher& watcher);
    void on_message(const ServerFrame& frame, V1Watcher& watcher);
    void on_event(std::string_view text);
    void on_notice(std::string_view type, std::string_view text, V1Watcher& watcher);
    void end(V1Watcher& watcher);

    std::size_t index_;
    std::string schedule_id_;
    std::string cursor_;
    Descriptor socket_;
    FrameScanner scanner_;
    std::string request_;  // the upgrade request, until connected
    std::string answer_;   // response to the upgrade, until it is complete
    std::unique_ptr<Inflater> inflater_;
    Phase phase_ = Phase::away;
    unsigned close_code_ = 0;
    std::uint64_t handshake_ns_ = 0;
    std::uint64_t live_ns_ = 0;
    std::uint64_t entries_ = 0;
    SequenceCheck events_;
    std::uint64_t event_frames_ = 0;
    std::uint64_t event_wire_bytes_ = 0;
    std::uint64_t compressed_frames_ = 0;
    std::uint64_t gaps_ = 0;
    std::uint64_t errors_ = 0;
};

}  // namespace rotacast::bench

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

/// What a measurement does about its clients. Called while sockets are read, so it must not end or
/// begin connections at once; it asks Crowd::wake() for that.
class V1Watcher {
  public:
    virtual ~V1Watcher() = default;
    /// `subscribe` or `resume` was answered: the client has caught up.
    virtual void on_live(V1Client&) {}
    /// A text of the server that is no event; `type` is its `event_type`.
    virtual void on_notice(V1Client&, std::string_view /*type*/, std::string_view /*text*/) {}
    /// The connection was refused, or ended by the server; close_code() tells more.
    virtual void on_ended(V1Client&) {}
    /// The time that Crowd::wake() was given has come. Here connections may begin and end.
    virtual void on_due(V1Client&) {}
};

/// How a client comes in.
struct V1Login {
    Connect how;
    std::string token;
    bool offer_deflate = false;
};

/// One client of rotacast.v1 (docs/protocol.md) that watches one schedule over any number of
/// connections, one at a time, and never blocks. It keeps the cursor of the last message that had
/// one; its first connection subscribes, every later one resumes from there. The command goes out
/// with the handshake's answer, without waiting for `connection_ack`.
class V1Client {
  public:
    V1Client(std::size_t index, std::string schedule_id);

    /// Ends what there was. Throws when the machine has no socket left.
    void connect(const V1Login& login);
    /// Ends the connection without a close frame, by a reset or an orderly end of TCP.
    void cut(bool reset);
    /// The socket is readable or, while connecting(), writable.
    void on_ready(std::string& scratch, V1Watcher& watcher);
    /// Lost silently when the connection has just ended.
    void send(std::string_view command);
    /// Inflate compressed events from now on and check what they say; else they are only counted.
    void check_compressed() { inflater_ = std::make_unique<Inflater>(); }

    [[nodiscard]] std::size_t index() const { return index_; }
    [[nodiscard]] int fd() const { return socket_.get(); }
    [[nodiscard]] bool connecting() const { return phase_ == Phase::connecting; }
    [[nodiscard]] bool away() const { return phase_ == Phase::away; }
    [[nodiscard]] bool live() const { return phase_ == Phase::live; }
    /// Of the last connection; the HTTP status when it was refused; 0 when it ended without one.
    [[nodiscard]] unsigned close_code() const { return close_code_; }
    /// now_ns() when the last handshake was answered, and when its command was.
    [[nodiscard]] std::uint64_t handshake_ns() const { return handshake_ns_; }
    [[nodiscard]] std::uint64_t live_ns() const { return live_ns_; }
    [[nodiscard]] std::uint64_t entries() const { return entries_; }

    /// Events of all connections, by the numbers that their messages begin with.
    [[nodiscard]] const SequenceCheck& events() const { return events_; }
    /// Their frames, also those that were not inflated, and the bytes of them on the wire.
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
    std::string request_;  // until the connection is there
    std::string answer_;   // to the upgrade, until it is complete
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

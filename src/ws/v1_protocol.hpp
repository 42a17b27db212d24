#pragma once

// The state machine of one rotacast.v1 connection (docs/protocol.md): takes inputs and calls
// Actions. Pure: no socket, no clock, no thread. Events do not pass through here; the hub delivers
// them.

#include "auth/access.hpp"
#include "auth/principal.hpp"
#include "config/limits.hpp"
#include "config/websocket.hpp"
#include "ws/close_code.hpp"
#include "ws/command_rate.hpp"
#include "ws/v1_command.hpp"
#include "ws/v1_dialect.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::ws::v1 {

/// Limits and policy. Passed with each input, because they may be reloaded during a connection.
struct Rules {
    auth::Policy policy = auth::Policy::strict;
    /// And as many schedules whose presence is watched.
    std::size_t subscriptions_max = config::Websocket{}.max_subscriptions;
    std::size_t message_bytes_max = config::Websocket{}.max_message_bytes;
    std::size_t commands_per_second = config::Limits{}.commands_per_second;
    std::size_t commands_burst = config::Limits{}.commands_burst;
    std::chrono::seconds auth_timeout{config::Websocket{}.auth_timeout_s};
    std::chrono::seconds token_warning{60};
    std::chrono::milliseconds ping_interval =
        std::chrono::seconds(config::Websocket{}.ping_interval_s);

    /// When the client is warned that its token expires.
    Timestamp warn_at(Timestamp expires_at, Timestamp now) const;
};

/// Where the client's stream starts, for the first subscribe or resume. `topics` remains valid and
/// unchanged until went_live().
struct GoLive {
    /// The client's cursor, not yet parsed; nullopt: only new events.
    std::optional<std::string> from;
    bool latest = false;  ///< also send the latest state of the topics
    std::span<const hub::Topic> topics;
};

/// The result of go_live().
struct Live {
    struct Loss {
        GapReason reason;
        /// The client's cursor, or that of the last event that is still replayed.
        std::string from;
    };

    std::string cursor;  ///< the connection is live from here; all replayed events are before it
    std::uint64_t replayed = 0;
    std::optional<Loss> loss;
    std::vector<std::string> latest;  ///< if requested: whole events, oldest first
    std::string latest_from;
};

/// What the state machine needs done for its connection. Called only from within the machine's
/// inputs.
///
/// The functions of the second group are asynchronous: each is the last call of its input and is
/// answered by exactly one call, either from within the function or later. Until then holding() is
/// true.
class Actions {
  public:
    virtual void send(std::string_view text) = 0;
    /// The last action of a connection.
    virtual void close(const CloseCode& code) = 0;
    /// The cursor up to which all events of this connection's topics were passed to it.
    virtual std::string position() = 0;
    /// Counts the error; an error message with this code follows.
    virtual void refused(ErrorCode code) = 0;

    /// Takes effect at once, on a live connection; `topics` may include ones already subscribed.
    virtual void subscribe(std::span<const hub::Topic> topics) = 0;
    virtual void unsubscribe(std::span<const hub::Topic> topics) = 0;
    virtual void set_presence(presence::PresenceStatement statement) = 0;
    virtual void unwatch_presence() = 0;
    /// Error: `cursor_invalid`.
    virtual Result<void> acknowledge(std::string_view cursor) = 0;

    /// Answered by token_checked().
    virtual void check_token(std::string token) = 0;
    /// Answered by went_live(), after the missed events and before any live one.
    virtual void go_live(GoLive request) = 0;
    /// Answered by watching_presence(), before any presence message. No schedules: everybody.
    virtual void watch_presence(std::vector<Uuid> schedules) = 0;

  protected:
    ~Actions() = default;
};

/// Passed to each input.
struct Context {
    Actions& actions;
    const Rules& rules;
    Timestamp now;
};

/// Thread: its connection's loop. About 220 bytes, plus its strings and topics. After it has closed
/// the connection, every input is ignored. Tokens are passed to check_token and not stored.
class Protocol {
  public:
    explicit Protocol(const Uuid& connection_id) : connection_id_(connection_id) {}

    /// Must be the first input. With the error `token_missing` the client must send `authenticate`
    /// within `auth_timeout`. With `origin_refused` too, but is told that it has a cookie that does
    /// not count, instead of that it has no token.
    void opened(const Context& context, Result<auth::Principal> principal);

    /// A complete text message. Call only while !holding(); the session queues messages meanwhile.
    void text(const Context& context, std::string_view text);
    void binary(const Context& context);

    /// Call about every 250 ms; cheap. Ends the connection if its token expires or if it has not
    /// authenticated in time.
    void tick(const Context& context);

    // Results of the asynchronous actions.
    void token_checked(const Context& context, Result<auth::Principal> principal);
    /// An error (`cursor_invalid`, `unavailable`) leaves the connection unchanged.
    void went_live(const Context& context, const Result<Live>& live);
    /// `roster`: JSON, see v1::roster().
    void watching_presence(const Context& context, std::string_view roster);

    void draining(const Context& context, std::chrono::milliseconds reconnect_after);
    /// The user's record changed; rights to watch topics change at once.
    void rights_changed(auth::Role role, const std::optional<Uuid>& person_id);
    /// Ends the connection for a reason from outside: a revoked token, a deactivated user
    /// (v1_close_code), close::please_reconnect, close::server_draining.
    void end(const Context& context, const CloseCode& code);

    /// True while an asynchronous action is pending: pass no further messages.
    bool holding() const { return pending_ != nullptr; }
    bool closed() const { return closed_; }
    /// True from the first subscribe or resume on, while it is pending, too; false if it failed.
    bool live() const { return live_; }

    const Uuid& connection_id() const { return connection_id_; }
    /// nullopt until authenticated.
    const std::optional<auth::Principal>& principal() const { return principal_; }
    /// Sorted.
    std::span<const hub::Topic> topics() const { return topics_; }
    /// Called for each event, so that a change of rights takes effect at once.
    bool may_watch(const hub::Topic& topic, auth::Policy policy) const;

  private:
    enum class PendingKind : std::uint8_t {
        authenticate,
        refresh,
        subscribe,
        latest,
        resume,
        roster
    };
    struct Pending {
        PendingKind kind;
        std::string id;
    };

    /// nullopt: a binary message.
    void receive(const Context& context, std::optional<std::string_view> text);

    void carry_out(const Context& context, std::string id, Subscribe command);
    void carry_out(const Context& context, std::string id, Unsubscribe command);
    void carry_out(const Context& context, std::string id, Resume command);
    void carry_out(const Context& context, std::string id, Authenticate command);
    void carry_out(const Context& context, std::string id, RefreshToken command);
    void carry_out(const Context& context, std::string id, SetPresence command);
    void carry_out(const Context& context, std::string id, WatchPresence command);
    void carry_out(const Context& context, std::string id, UnwatchPresence command);
    void carry_out(const Context& context, std::string id, Acknowledge command);
    void carry_out(const Context& context, std::string id, Ping command);

    std::optional<Error> why_not_watch(const Context& context, const Names& names) const;
    void start_live(const Context& context, Pending pending, GoLive request, const Names& names);

    void accept(const Context& context, auth::Principal principal);
    void greet(const Context& context);
    void refresh(const Context& context, std::string_view id, auth::Principal principal);
    void answer_live(const Context& context, const Pending& pending, const Live& live);

    /// The stream's position; empty until the connection is live.
    std::string stream_cursor(const Context& context) const;
    void send_ack(const Context& context, std::string_view id);
    void refuse(const Context& context, std::string_view id, const Error& error);

    Uuid connection_id_;
    std::optional<auth::Principal> principal_;
    std::vector<hub::Topic> topics_;  // sorted
    std::unique_ptr<Pending> pending_;
    CommandRate rate_;
    Timestamp opened_at_;
    Timestamp warn_at_ = Timestamp::max();  // when to warn that the token expires
    bool live_ = false;
    bool closed_ = false;
    bool cookie_refused_ = false;
};

}  // namespace rotacast::ws::v1

#pragma once

// One connection of rotacast.v1 as a pure state machine: what comes in, and what is to be done
// about it (docs/protocol.md). No socket, no clock, no thread of its own. Events do not pass
// through here; the hub has them delivered.

#include "auth/access.hpp"
#include "auth/principal.hpp"
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

/// Read anew at each input, because they may be reloaded while connections live.
struct Rules {
    auth::Policy policy = auth::Policy::strict;
    std::size_t subscriptions_max = 256;  ///< also of schedules whose presence is watched
    std::size_t message_bytes_max = 65'536;
    std::size_t commands_per_second = 50;
    std::size_t commands_burst = 100;
    std::chrono::seconds auth_timeout{5};
    std::chrono::seconds token_warning{60};
    std::chrono::milliseconds ping_interval{20'000};

    /// When the holder of a token is told that it ends.
    Timestamp warn_at(Timestamp expires_at, Timestamp now) const;
};

/// Where the client's stream begins, for the first subscribe or resume. `topics` stays as it is
/// until went_live().
struct GoLive {
    std::optional<std::string> from;  ///< the client's cursor, not yet parsed; nullopt: from now
    bool latest = false;              ///< gather the latest state of the topics
    std::span<const hub::Topic> topics;
};

/// How that went.
struct Live {
    struct Loss {
        GapReason reason;
        std::string from;  ///< the client's cursor, or that of the last event still replayed
    };

    std::string cursor;  ///< live from here; all that was replayed stands before it
    std::uint64_t replayed = 0;
    std::optional<Loss> loss;
    std::vector<std::string> latest;  ///< when asked for: whole events, oldest first
    std::string latest_from;
};

/// What the machine wants done. Of one connection; called from within the machine's inputs only.
///
/// Those of the second part are questions: each is the last thing that its input does, and has
/// exactly one answer, at once (from within the call) or later. Until then holding() is true.
class Actions {
  public:
    virtual void send(std::string_view text) = 0;
    /// Last of all actions.
    virtual void close(const CloseCode& code) = 0;
    /// The cursor up to which everything on this connection's topics was handed to it.
    virtual std::string position() = 0;
    /// For the counters; an error with this code follows.
    virtual void refused(ErrorCode code) = 0;

    /// At once, on a connection that is live; `topics` are new ones, or present ones.
    virtual void subscribe(std::span<const hub::Topic> topics) = 0;
    virtual void unsubscribe(std::span<const hub::Topic> topics) = 0;
    virtual void set_presence(presence::PresenceStatement statement) = 0;
    virtual void unwatch_presence() = 0;
    /// Error: `cursor_invalid`.
    virtual Result<void> acknowledge(std::string_view cursor) = 0;

    /// Answered by token_checked().
    virtual void check_token(std::string token) = 0;
    /// Answered by went_live(), behind the events that were missed and before any live one.
    virtual void go_live(GoLive request) = 0;
    /// Answered by watching_presence(), before any notice of presence. No schedules: everybody.
    virtual void watch_presence(std::vector<Uuid> schedules) = 0;

  protected:
    ~Actions() = default;
};

/// What each input is given.
struct Context {
    Actions& actions;
    const Rules& rules;
    Timestamp now;
};

/// Thread: its connection's loop. About 220 bytes beside what its strings and topics hold. Once it
/// has closed the connection, every input is ignored. Tokens are handed to check_token and kept
/// nowhere.
class Protocol {
  public:
    explicit Protocol(const Uuid& connection_id) : connection_id_(connection_id) {}

    /// First input. Without a principal the client has `auth_timeout` to send `authenticate`.
    void opened(const Context& context, std::optional<auth::Principal> principal);

    /// A whole message. Only while !holding(); the session keeps what comes meanwhile.
    void text(const Context& context, std::string_view text);
    void binary(const Context& context);

    /// Every 250 ms or so; cheap. Ends the connection when its token or its patience does.
    void tick(const Context& context);

    // The answers to questions.
    void token_checked(const Context& context, Result<auth::Principal> principal);
    /// An error (`cursor_invalid`, `unavailable`) leaves the connection as it was before.
    void went_live(const Context& context, const Result<Live>& live);
    /// `roster`: JSON, see v1::roster().
    void watching_presence(const Context& context, std::string_view roster);

    void draining(const Context& context, std::chrono::milliseconds reconnect_after);
    /// The user's row changed; what may be watched follows at once.
    void rights_changed(auth::Role role, const std::optional<Uuid>& person_id);
    /// Ends the connection for a reason from outside: a revoked token, an inactive user
    /// (v1_close_code), close::please_reconnect, close::server_draining.
    void end(const Context& context, const CloseCode& code);

    /// A question is open: no further messages now.
    bool holding() const { return pending_ != nullptr; }
    bool closed() const { return closed_; }
    /// Subscribed or resumed, or about to.
    bool live() const { return live_; }

    const Uuid& connection_id() const { return connection_id_; }
    /// nullopt until authenticated.
    const std::optional<auth::Principal>& principal() const { return principal_; }
    /// Sorted.
    std::span<const hub::Topic> topics() const { return topics_; }
    /// Asked again for each event, so that a change of rights counts at once.
    bool may_watch(const hub::Topic& topic, auth::Policy policy) const;

  private:
    enum class Question : std::uint8_t { authenticate, refresh, subscribe, latest, resume, roster };
    struct Pending {
        Question question;
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

    /// Where the stream is; empty as long as nothing flows.
    std::string place(const Context& context) const;
    void send_ack(const Context& context, std::string_view id);
    void refuse(const Context& context, std::string_view id, const Error& error);

    Uuid connection_id_;
    std::optional<auth::Principal> principal_;
    std::vector<hub::Topic> topics_;  // sorted
    std::unique_ptr<Pending> pending_;
    CommandRate rate_;
    Timestamp opened_at_;
    Timestamp warn_at_ = Timestamp::max();  // of the token's end
    bool live_ = false;
    bool closed_ = false;
};

}  // namespace rotacast::ws::v1

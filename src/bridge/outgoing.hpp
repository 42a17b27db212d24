#pragma once

// Which entries go out next: one node's part in sending each entry once in the whole cluster.
//
// The position up to which entries are sent is in Redis, and the script that publishes moves it
// (scripts/send.lua). So any node may send, all of them try, and what one has sent the others skip.

#include "bridge/outgoing_messages.hpp"
#include "bus/journal.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rotacast::bridge {

/// All entries up to `offset` of this epoch are sent.
struct SentPosition {
    std::string epoch;
    bus::Offset offset = 0;

    bool operator==(const SentPosition&) const = default;
};

/// One run of the script.
struct SendCall {
    std::string epoch;  ///< of the caller's journal
    /// What the caller has heard; nullopt: nothing. Redis may have lost that.
    std::optional<bus::Offset> known;
    /// Where to begin if nobody has sent anything yet; nullopt: at the end of the order.
    std::optional<bus::Offset> begin;
    /// If Redis has exactly the position `from`, of a former epoch, it is `to` in the present one.
    struct Translation {
        SentPosition from;
        bus::Offset to = 0;
    };
    std::optional<Translation> translation;
    std::optional<bus::Offset> up_to;  ///< sent after this call; nullopt: only asks
    std::vector<OutgoingMessage> messages;
};

/// The position now.
struct Stands {
    bus::Offset offset = 0;
    std::uint64_t sent = 0;    ///< messages that this call has published
    std::string refusal = {};  ///< error reply to a PUBLISH, behind `offset`; empty: there is none
};
/// The order is in another epoch than the caller.
struct Behind {};
/// The position is one of another epoch, which has to be translated.
struct Elsewhere {
    SentPosition at;
};
using SendAnswer = std::variant<Stands, Behind, Elsewhere>;

/// Pure. At most one call at a time.
class Outgoing {
  public:
    using SharedWith = std::function<std::optional<bus::Offset>(const std::string& epoch)>;

    /// `begin`: the end of the journal when the bridge is started. A bridge without a past sends
    /// what comes behind it.
    explicit Outgoing(SentPosition begin) : begin_(std::move(begin)) {}

    enum class Next : std::uint8_t {
        wait,   ///< until the journal has more, or another epoch
        pause,  ///< until some time has passed, or the journal has another epoch
        ask,    ///< call() with nothing prepared
        send,   ///< call() with what prepare() makes of the entries after position()
    };
    /// `shared_with`: as bus::Journal's.
    Next next(const bus::JournalState& journal, const SharedWith& shared_with);

    /// Of the epoch that the last next() saw.
    bus::Offset position() const { return known_ ? known_->offset : 0; }

    SendCall call(Prepared prepared = {}) const;
    void take(const SendAnswer& answer);
    /// The journal cannot be read now.
    void hold() { paused_ = true; }
    /// After a pause.
    void go_on() { paused_ = false; }

  private:
    void follow_epoch(const bus::JournalState& journal, const SharedWith& shared_with);
    void translate(const bus::JournalState& journal, const SharedWith& shared_with);

    std::string epoch_;  // of the journal
    std::optional<SentPosition> begin_;
    std::optional<SentPosition> known_;
    std::optional<SentPosition> elsewhere_;
    std::optional<SendCall::Translation> translation_;
    bool paused_ = false;
};

}  // namespace rotacast::bridge

#pragma once

// Brings a subscriber that was away to the present: what it missed, in order, then attached to the
// hub in the very turn in which nothing is missing any more. So there is no hole and no duplicate,
// however much is published meanwhile. The same for every transport.

#include "bus/journal.hpp"
#include "hub/loop_hub.hpp"
#include "live/history.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace rotacast::live {

/// How it ended. `cursor` is the place from which on the subscriber is live.
struct CaughtUp {
    bool recovered = true;
    std::string_view reason;   ///< why not: as docs/protocol.md names it
    std::size_t replayed = 0;  ///< publications that were delivered
    std::string gap_from;      ///< unless recovered: nothing behind this was delivered
    std::string cursor;
};

/// Lives on one loop, as its subscriber does, which outlives it or cancels it. The topics stand in
/// the hub's index already; the subscriber is not attached yet.
class CatchUp : public std::enable_shared_from_this<CatchUp> {
  public:
    struct Environment {
        net::Loop& loop;
        hub::LoopHub& hub;
        const bus::Journal& journal;
        History& history;
        std::size_t entries_max;  ///< further back is too far
    };
    using Done = std::function<void(const CaughtUp&)>;
    /// Whether something waits to be sent to the subscriber; proceed() is called when it is gone.
    /// So a slice always finds an empty queue, as the first live event does, and a slow client is
    /// waited for, not closed.
    using Backlogged = std::function<bool()>;

    /// At once; some 25 KB.
    static constexpr std::size_t slice_events_max = 64;

    CatchUp(const Environment& environment,
            hub::Subscriber& subscriber,
            Backlogged backlogged,
            Done done);

    /// Whatever throws in a later turn ends the subscriber (hub::Subscriber::on_fault).
    ///
    /// From a cursor. `done` is called once, perhaps before this returns; attached or not, the
    /// subscriber is live then, unless cancelled. A journal that begins another epoch meanwhile
    /// ends it as `epoch_changed`.
    void start(const events::Cursor& cursor);

    /// Room again, or time has passed: goes on if it was waiting.
    void proceed();

    void cancel() { cancelled_ = true; }

  private:
    std::string_view refusal(const events::Cursor& cursor) const;
    void begin();
    bool loop_knows_epoch() const;
    void step();
    void post_step();
    template <class Job>
    void guarded(Job&& job) noexcept;
    void block_read(Result<hub::PublicationBatchPtr> block);
    void read_history();
    void not_read();
    void deliver_slice(const hub::PublicationBatchPtr& batch);
    void finish(std::string_view reason);
    events::Position present() const { return {environment_.hub.recent().position()}; }
    std::string cursor_at(const events::Position& place) const {
        return environment_.hub.recent().cursor_at(place);
    }

    Environment environment_;
    hub::Subscriber& subscriber_;
    Backlogged backlogged_;
    Done done_;
    events::Cursor from_;  ///< as the client named it
    events::Position at_;  ///< everything up to here has been delivered; of from_'s epoch
    hub::PublicationBatchPtr block_;  ///< what comes next stands in it
    std::size_t replayed_ = 0;
    bool begun_ = false;
    bool waiting_ = false;
    bool finished_ = false;
    bool cancelled_ = false;
};

}  // namespace rotacast::live

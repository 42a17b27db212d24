#pragma once

// Brings a subscriber that was away up to date: delivers what it missed, in order, then attaches it
// to the hub in the same call of the loop in which nothing is missing any more. So there is no hole
// and no duplicate, however much is published meanwhile. The same for every transport.

#include "bus/journal.hpp"
#include "hub/loop_hub.hpp"
#include "live/history.hpp"
#include "ws/v1_dialect.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace rotacast::live {

/// The result. The subscriber is live from `cursor` on.
struct CaughtUp {
    std::optional<ws::v1::GapReason> gap;  ///< why events are missing; nullopt: none are
    std::size_t replayed = 0;              ///< publications that were delivered
    std::string gap_from;                  ///< if events are missing: none after this was delivered
    std::string cursor;
};

/// Lives on one loop, as does its subscriber, which must outlive it or cancel it. The subscriber's
/// topics are already in the hub's index, but it is not attached yet.
class CatchUp : public std::enable_shared_from_this<CatchUp> {
  public:
    struct Environment {
        net::Loop& loop;
        hub::LoopHub& hub;
        const bus::Journal& journal;
        History& history;
        std::size_t entries_max;  ///< a cursor further back is refused as too_far
    };
    using Done = std::function<void(const CaughtUp&)>;
    /// Whether anything still waits to be sent to the subscriber; proceed() is called when it was
    /// sent. So a slice, like the first live event, always finds an empty queue, and a slow client
    /// is waited for, not closed.
    using Backlogged = std::function<bool()>;

    /// Delivered in one step; about 25 KB.
    static constexpr std::size_t slice_events_max = 64;

    CatchUp(const Environment& environment,
            hub::Subscriber& subscriber,
            Backlogged backlogged,
            Done done);

    /// Starts from a cursor. `done` is called once, perhaps before this returns, unless cancelled;
    /// by then the subscriber is attached and live, whether recovered or not. If the journal begins
    /// another epoch meanwhile, the catch-up ends as `epoch_changed`.
    ///
    /// An exception in a later step ends the subscriber (hub::Subscriber::on_fault).
    void start(const events::Cursor& cursor);

    /// Continues if it was waiting. Call when the client has read what waited, and regularly.
    void proceed();

    void cancel() { cancelled_ = true; }

  private:
    std::optional<ws::v1::GapReason> refusal(const events::Cursor& cursor) const;
    void begin();
    bool loop_knows_epoch() const;
    void step();
    void post_step();
    template <class Job>
    void guarded(Job&& job) noexcept;
    void block_read(Result<hub::PublicationBatchPtr> block);
    void read_history();
    void read_failed();
    void deliver_slice(const hub::PublicationBatchPtr& batch);
    void finish(std::optional<ws::v1::GapReason> gap);
    events::Position present() const { return {environment_.hub.recent().position()}; }
    std::string cursor_at(const events::Position& position) const {
        return environment_.hub.recent().cursor_at(position);
    }

    Environment environment_;
    hub::Subscriber& subscriber_;
    Backlogged backlogged_;
    Done done_;
    events::Cursor from_;             ///< as the client sent it
    events::Position at_;             ///< everything up to here was delivered; in from_'s epoch
    hub::PublicationBatchPtr block_;  ///< holds what comes next
    std::size_t replayed_ = 0;
    bool begun_ = false;
    bool waiting_ = false;
    bool finished_ = false;
    bool cancelled_ = false;
};

}  // namespace rotacast::live

#pragma once

// Who on one loop is told about whose presence.

#include "presence/presence.hpp"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace rotacast::presence {

/// A connection that watches presence. It must unwatch before it is destroyed. All calls on its
/// loop.
class PresenceWatcher {
  public:
    PresenceWatcher(const PresenceWatcher&) = delete;
    PresenceWatcher& operator=(const PresenceWatcher&) = delete;

    /// A watcher of schedules is told that a person who has left them is offline, wherever else the
    /// person may be, so that changes are consistent with the roster. May watch and unwatch here,
    /// for itself and for others.
    virtual void on_presence(const PresenceChange& change) = 0;
    /// Called after on_presence() threw or a change could not be passed on. The watcher has been
    /// removed, and its connection or operation must end.
    virtual void on_fault() noexcept {}

  protected:
    PresenceWatcher() = default;
    ~PresenceWatcher() = default;
};

/// Thread: its loop's only.
class PresenceWatchers {
  public:
    /// Watches these schedules, or everybody if there are none, instead of what the watcher watched
    /// before. The caller must bound their number.
    void add(PresenceWatcher& watcher, std::vector<Uuid> schedules);
    /// Returns whether the watcher was there.
    bool remove(PresenceWatcher& watcher);

    /// Passes the change to each watcher concerned, once. A watcher that throws is removed; the
    /// others are not affected.
    void tell(const PresenceChange& change);

    std::size_t size() const { return by_watcher_.size(); }

  private:
    /// Never reused, unlike addresses: so a watcher removed during tell() is not told.
    using WatchId = std::uint64_t;

    struct Watch {
        PresenceWatcher* watcher;
        std::vector<Uuid> schedules;  ///< ascending
    };

    void tell_one(const Watch& watch, const PresenceChange& change, const PresenceChange& gone);
    void give_up(PresenceWatcher& watcher) noexcept;
    std::vector<WatchId> concerned_by(const PresenceChange& change) const;
    void append_watches_of(std::span<const Uuid> schedules, std::vector<WatchId>& to) const;

    std::unordered_map<WatchId, Watch> watches_;
    std::unordered_map<PresenceWatcher*, WatchId> by_watcher_;
    std::vector<WatchId> of_everybody_;  ///< ascending
    std::unordered_map<Uuid, std::vector<WatchId>> of_schedule_;
    WatchId last_id_ = 0;
};

}  // namespace rotacast::presence

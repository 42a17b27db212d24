#pragma once

// Who on one loop is told of whose coming and going.

#include "presence/presence.hpp"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace rotacast::presence {

/// A connection that watches presence. It must unwatch before it dies. All calls on its loop.
class PresenceWatcher {
  public:
    PresenceWatcher(const PresenceWatcher&) = delete;
    PresenceWatcher& operator=(const PresenceWatcher&) = delete;

    /// To a watcher of schedules a person who has left them is offline, wherever else the person
    /// may be: so its roster and what it is told fit together. It may watch and unwatch here, for
    /// itself and for others.
    virtual void on_presence(const PresenceChange& change) = 0;
    /// on_presence() has thrown, or a change could not be told. It watches no more, and whatever
    /// it stands for has to end.
    virtual void on_fault() noexcept {}

  protected:
    PresenceWatcher() = default;
    ~PresenceWatcher() = default;
};

/// Thread: its loop's only.
class PresenceWatchers {
  public:
    /// In place of what it watched before. No schedules: everybody; their number is the caller's
    /// to bound.
    void add(PresenceWatcher& watcher, std::vector<Uuid> schedules);
    /// Whether it was there.
    bool remove(PresenceWatcher& watcher);

    /// Tells each that is concerned, once. One that throws watches no more; the others do not
    /// notice.
    void tell(const PresenceChange& change);

    std::size_t size() const { return by_watcher_.size(); }

  private:
    /// Never used again, unlike addresses: who left while others are told is not told.
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

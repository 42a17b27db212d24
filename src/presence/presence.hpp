#pragma once

// Who is present. Each of a person's connections states its status (online or away), its page and
// its schedules; from these follows what others see of the person, and when that changes.
//
// A connection that has gone still counts for a grace time, or until a new connection of the same
// user replaces it, so that nobody sees a page being reloaded.

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "config/presence.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rotacast::presence {

enum class PresenceStatus : std::uint8_t { online, away, offline };
std::string_view to_string(PresenceStatus status);

/// One point in time on both clocks: deadlines use the steady clock, what people read uses the wall
/// clock.
struct Moment {
    std::chrono::steady_clock::time_point steady;
    Timestamp wall;
};

/// What others see of a person.
struct Presence {
    Uuid user;
    PresenceStatus status = PresenceStatus::offline;
    Timestamp last_seen;                     ///< when one of the connections was last active
    std::optional<std::string> active_page;  ///< of the latest statement; none if offline
};

/// Appends the four members in their JSON form, without braces.
void append_presence_members(std::string& out, const Presence& presence);

struct PresenceChange : Presence {
    /// Status or page changed; otherwise only the schedules did, which only their watchers are
    /// told.
    bool seen_by_everybody = false;
    /// The person's schedules from now on; ascending, as are the next two.
    std::vector<Uuid> schedules;
    std::vector<Uuid> joined;  ///< those of `schedules` that are new
    std::vector<Uuid> left;
};

/// Ascending by user, at most as many as requested; `complete` is false if others were left out.
struct PresenceRoster {
    std::vector<Presence> people;
    bool complete = true;
};

/// What one connection states.
struct PresenceStatement {
    static constexpr std::size_t page_bytes_max = 128;
    static constexpr std::size_t schedules_max = 32;

    bool away = false;
    std::optional<std::string> page;
    std::vector<Uuid> schedules;  ///< the schedules on which the user works

    bool operator==(const PresenceStatement&) const = default;
};

struct PresenceOptions {
    std::chrono::milliseconds grace = std::chrono::seconds(config::Presence{}.grace_s);
    /// A connection that was not active for so long counts as gone.
    std::chrono::milliseconds lease = std::chrono::seconds(config::Presence{}.lease_s);
};

/// Pure: no socket, no clock, no thread of its own. Users who are offline are removed; the memory
/// is bounded by the connections that were present at one time. Each input costs O(log n), and a
/// tick costs that for each connection whose deadline has passed.
class PresenceState {
  public:
    explicit PresenceState(PresenceOptions options) : options_(options) {}

    /// Records a connection's first or next statement. Beyond the bounds a page is cut (between
    /// code points) and schedules are dropped; the protocol has refused these before. The
    /// connection must be new or the same user's.
    std::optional<PresenceChange> set(const Uuid& user,
                                      const Uuid& connection,
                                      PresenceStatement statement,
                                      const Moment& now);

    /// Renews the connection's lease. Ignores connections that have made no statement or were
    /// removed.
    void heard(const Uuid& connection, const Moment& now);

    /// The connection is closed. The resulting changes are returned by a later tick.
    void gone(const Uuid& connection, const Moment& now);

    /// Handles the deadlines up to and including `now`; returns at most one change per user,
    /// ascending by user. Handles at most `deadlines_max` deadlines, so that many simultaneous
    /// departures can be handled in slices.
    std::vector<PresenceChange> tick(const Moment& now, std::size_t deadlines_max = SIZE_MAX);
    /// Whether a tick would have deadlines to handle.
    bool is_due(const Moment& now) const;

    /// Connections that count no more although gone() was not called: they were silent for too
    /// long. Each once.
    std::vector<Uuid> take_lost() { return std::exchange(lost_, {}); }

    /// Everybody, or those who work on one of the schedules.
    PresenceRoster roster(std::span<const Uuid> schedules, std::size_t people_max) const;

    std::size_t people() const { return people_.size(); }
    std::size_t connections() const { return connections_.size(); }

  private:
    using Steady = std::chrono::steady_clock::time_point;

    /// silent: the lease has expired, but the connection may become active again; closed: it has
    /// gone for good. Both count until their deadline.
    enum class Phase : std::uint8_t { live, silent, closed };

    struct Connection {
        Uuid user;
        PresenceStatement says;
        std::uint64_t spoke = 0;  ///< its number in the order of statements
        Steady heard;
        Steady deadline;  ///< as in deadlines_; for a live connection it may be too early
        Phase phase = Phase::live;
    };

    using Connections = std::unordered_map<Uuid, Connection>;
    using Deadlines = std::set<std::pair<Steady, Connections::value_type*>>;

    struct Schedule {
        std::size_t connections = 0;
        bool told = false;  ///< others were told that the person works on it
    };

    struct Person {
        std::map<std::uint64_t, Uuid> connections;  ///< by order of statements
        std::map<Uuid, Schedule> schedules;
        std::vector<Uuid> touched_schedules;  ///< changed since others were told
        std::size_t online = 0;               ///< connections that state online
        std::size_t leaving = 0;              ///< connections that are not live
        Presence told;
        Timestamp last_seen;
    };

    std::optional<std::uint64_t> take_vacant_place(Person& person, const PresenceStatement& says);
    void add_statement(Person& person, const PresenceStatement& says);
    void remove_statement(Person& person, const PresenceStatement& says);
    void leave(Person& person, Connection& connection, Phase phase);
    void forget(Person& person, const Uuid& connection);
    void set_deadline(Connections::value_type& entry, Steady deadline);
    std::optional<Uuid> pass_deadline(Connections::value_type& entry, Steady now);
    std::optional<PresenceChange> settle(const Uuid& user);
    void settle_schedules(const Uuid& user, Person& person, PresenceChange& change);
    Presence seen(const Uuid& user, const Person& person) const;

    PresenceOptions options_;
    std::map<Uuid, Person> people_;
    Connections connections_;
    Deadlines deadlines_;
    std::set<std::pair<Uuid, Uuid>> at_work_;  ///< schedule, user: as told to others
    std::uint64_t spoken_ = 0;
    std::vector<Uuid> lost_;
};

}  // namespace rotacast::presence

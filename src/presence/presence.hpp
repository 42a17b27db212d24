#pragma once

// Who is there. A person's connections say what they are for (online or away, on which page, at
// which schedules); out of that comes what others see of the person, and when it changed.
//
// A connection that has gone counts on for a grace time, or until a new one of the same user takes
// its place: a reload changes nothing that anybody sees.

#include "base/time.hpp"
#include "base/uuid.hpp"

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

/// Deadlines go by the steady clock, what people read by the wall's.
struct Moment {
    std::chrono::steady_clock::time_point steady;
    Timestamp wall;
};

/// What others see of a person.
struct Presence {
    Uuid user;
    PresenceStatus status = PresenceStatus::offline;
    Timestamp last_seen;                     ///< when one of the connections was last heard from
    std::optional<std::string> active_page;  ///< of the one that spoke last; none when offline
};

/// Its four members as they leave the house, without braces.
void append_presence_members(std::string& out, const Presence& presence);

struct PresenceChange : Presence {
    /// Status or page changed; else only the schedules did, and only their watchers need to know.
    bool seen_by_everybody = false;
    std::vector<Uuid> schedules;  ///< where the person is at work from now on; ascending, as below
    std::vector<Uuid> joined;     ///< those of `schedules` that are new
    std::vector<Uuid> left;
};

/// Ascending by user, at most as many as were asked for; the rest is left out.
struct PresenceRoster {
    std::vector<Presence> people;
    bool complete = true;
};

/// What one connection says.
struct PresenceStatement {
    static constexpr std::size_t page_bytes_max = 128;
    static constexpr std::size_t schedules_max = 32;

    bool away = false;
    std::optional<std::string> page;
    std::vector<Uuid> schedules;  ///< where the user is at work

    bool operator==(const PresenceStatement&) const = default;
};

struct PresenceOptions {
    std::chrono::milliseconds grace{10'000};
    /// A connection not heard from for so long counts as gone.
    std::chrono::milliseconds lease{45'000};
};

/// Pure: no socket, no clock, no thread of its own. Users that are offline are forgotten; the
/// memory is bounded by the connections that were there at one time. Each input costs O(log n),
/// a tick as much for each connection whose time has come.
class PresenceState {
  public:
    explicit PresenceState(PresenceOptions options) : options_(options) {}

    /// The connection speaks, for the first time or again. Beyond its bounds a page is cut (between
    /// code points) and schedules are left out; the protocol has refused them before. The
    /// connection must be new or the same user's.
    std::optional<PresenceChange> set(const Uuid& user,
                                      const Uuid& connection,
                                      PresenceStatement statement,
                                      const Moment& now);

    /// Those that have never spoken, or are forgotten, are ignored.
    void heard(const Uuid& connection, const Moment& now);

    /// The connection will not speak again. What follows from it comes out of a later tick.
    void gone(const Uuid& connection, const Moment& now);

    /// What has become of the deadlines up to and with `now`: at most one change per user,
    /// ascending by user. Of the deadlines only the first `deadlines_max` are looked at, so that a
    /// crowd that vanishes at once can be gone through in slices.
    std::vector<PresenceChange> tick(const Moment& now, std::size_t deadlines_max = SIZE_MAX);
    /// Whether a tick would look at anything.
    bool is_due(const Moment& now) const;

    /// Everybody, or those at work at one of the schedules.
    PresenceRoster roster(std::span<const Uuid> schedules, std::size_t people_max) const;

    std::size_t people() const { return people_.size(); }
    std::size_t connections() const { return connections_.size(); }

  private:
    using Steady = std::chrono::steady_clock::time_point;

    /// silent: the lease is over, but it may be heard again; closed: gone for good. Both count
    /// until their deadline.
    enum class Phase : std::uint8_t { live, silent, closed };

    struct Connection {
        Uuid user;
        PresenceStatement says;
        std::uint64_t spoke = 0;  ///< its place in the order of speaking
        Steady heard;
        Steady deadline;  ///< its entry in deadlines_; of a live one possibly too early
        Phase phase = Phase::live;
    };

    using Connections = std::unordered_map<Uuid, Connection>;
    using Deadlines = std::set<std::pair<Steady, Connections::value_type*>>;

    struct Schedule {
        std::size_t connections = 0;
        bool told = false;  ///< the others know that the person is here
    };

    struct Person {
        std::map<std::uint64_t, Uuid> connections;  ///< by order of speaking
        std::map<Uuid, Schedule> schedules;
        std::vector<Uuid> touched_schedules;  ///< since the others were told
        std::size_t online = 0;               ///< connections that say so
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
    std::set<std::pair<Uuid, Uuid>> at_work_;  ///< schedule, user: as told
    std::uint64_t spoken_ = 0;
};

}  // namespace rotacast::presence

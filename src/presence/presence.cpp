#include "presence/presence.hpp"

#include "base/json_text.hpp"

#include <algorithm>

namespace rotacast::presence {
namespace {

bool continues_code_point(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;  // RFC 3629 §3
}

void cut_page(std::string& page) {
    if (page.size() <= PresenceStatement::page_bytes_max) return;
    auto end = PresenceStatement::page_bytes_max;
    while (end > 0 && continues_code_point(page[end])) --end;
    page.resize(end);
}

void bring_within_bounds(PresenceStatement& statement) {
    if (statement.page) cut_page(*statement.page);
    auto& schedules = statement.schedules;
    std::ranges::sort(schedules);
    schedules.erase(std::unique(schedules.begin(), schedules.end()), schedules.end());
    if (schedules.size() > PresenceStatement::schedules_max)
        schedules.resize(PresenceStatement::schedules_max);
}

}  // namespace

std::string_view to_string(PresenceStatus status) {
    switch (status) {
        case PresenceStatus::online: return "online";
        case PresenceStatus::away: return "away";
        case PresenceStatus::offline: break;
    }
    return "offline";
}

void append_presence_members(std::string& out, const Presence& presence) {
    out += R"("user_id":")";
    append_uuid(out, presence.user);
    out += R"(","status":")";
    out += to_string(presence.status);
    out += R"(","last_seen":")";
    append_timestamp(out, presence.last_seen);
    out += R"(","active_page":)";
    if (presence.active_page)
        append_json_string(out, *presence.active_page);
    else
        out += "null";
}

// -------------------------------------------------------------------------------------- inputs

std::optional<PresenceChange> PresenceState::set(const Uuid& user,
                                                 const Uuid& connection,
                                                 PresenceStatement statement,
                                                 const Moment& now) {
    bring_within_bounds(statement);
    const auto [at, is_new] = connections_.try_emplace(connection);
    Connection& speaker = at->second;
    if (!is_new && speaker.user != user) return std::nullopt;
    Person& person = people_[user];
    std::uint64_t place = ++spoken_;
    if (is_new) {
        place = take_vacant_place(person, statement).value_or(place);
        speaker.user = user;
        speaker.heard = now.steady;
        set_deadline(*at, now.steady + options_.lease);
    } else {
        // Its node is known again.
        if (speaker.phase == Phase::closed) speaker.phase = Phase::silent;
        remove_statement(person, speaker.says);
        person.connections.erase(speaker.spoke);
    }
    add_statement(person, statement);
    speaker.says = std::move(statement);
    speaker.spoke = place;
    person.connections.emplace(place, connection);
    heard(connection, now);
    return settle(user);
}

void PresenceState::heard(const Uuid& connection, const Moment& now) {
    const auto found = connections_.find(connection);
    if (found == connections_.end() || found->second.phase == Phase::closed) return;
    Connection& speaker = found->second;
    Person& person = people_.at(speaker.user);
    if (speaker.phase == Phase::silent) {
        --person.leaving;
        speaker.phase = Phase::live;
        set_deadline(*found, now.steady + options_.lease);
    }
    // A live connection's deadline is only moved when it is due. Clocks of loops differ by a tick,
    // so the later time counts.
    speaker.heard = std::max(speaker.heard, now.steady);
    person.last_seen = std::max(person.last_seen, now.wall);
}

void PresenceState::gone(const Uuid& connection, const Moment& now) {
    const auto found = connections_.find(connection);
    if (found == connections_.end() || found->second.phase == Phase::closed) return;
    Connection& leaver = found->second;
    leave(people_.at(leaver.user), leaver, Phase::closed);
    const auto lease_over = leaver.heard + options_.lease;
    set_deadline(*found, std::min(now.steady, lease_over) + options_.grace);
}

std::vector<PresenceChange> PresenceState::tick(const Moment& now, std::size_t deadlines_max) {
    std::set<Uuid> touched;
    for (; deadlines_max > 0 && is_due(now); --deadlines_max)
        if (const auto user = pass_deadline(*deadlines_.begin()->second, now.steady))
            touched.insert(*user);
    std::vector<PresenceChange> changes;
    for (const auto& user : touched)
        if (auto change = settle(user)) changes.push_back(std::move(*change));
    return changes;
}

bool PresenceState::is_due(const Moment& now) const {
    return !deadlines_.empty() && deadlines_.begin()->first <= now.steady;
}

// ---------------------------------------------------------------------------------- connections

// A new connection is usually one that has just gone and is back. If a gone connection made the
// same statement, the new one takes its place, also in the order of statements. Otherwise the one
// gone longest is removed, so that repeated reconnects need no more room than one.
std::optional<std::uint64_t> PresenceState::take_vacant_place(Person& person,
                                                              const PresenceStatement& says) {
    if (person.leaving == 0) return std::nullopt;
    std::optional<Uuid> longest_gone;
    Steady earliest;
    for (const auto& [place, id] : person.connections) {
        const Connection& leaver = connections_.at(id);
        if (leaver.phase == Phase::live) continue;
        if (leaver.says == says) {
            const auto vacant = place;
            forget(person, Uuid(id));
            return vacant;
        }
        if (!longest_gone || leaver.deadline < earliest) {
            longest_gone = id;
            earliest = leaver.deadline;
        }
    }
    if (longest_gone) forget(person, *longest_gone);
    return std::nullopt;
}

void PresenceState::add_statement(Person& person, const PresenceStatement& says) {
    if (!says.away) ++person.online;
    for (const auto& schedule : says.schedules) {
        ++person.schedules[schedule].connections;
        person.touched_schedules.push_back(schedule);
    }
}

void PresenceState::remove_statement(Person& person, const PresenceStatement& says) {
    if (!says.away) --person.online;
    for (const auto& schedule : says.schedules) {
        --person.schedules[schedule].connections;
        person.touched_schedules.push_back(schedule);
    }
}

void PresenceState::leave(Person& person, Connection& connection, Phase phase) {
    if (connection.phase == Phase::live) ++person.leaving;
    connection.phase = phase;
}

void PresenceState::forget(Person& person, const Uuid& connection) {
    const auto found = connections_.find(connection);
    const Connection& leaver = found->second;
    if (leaver.phase != Phase::live) --person.leaving;
    if (leaver.phase == Phase::silent) lost_.push_back(connection);
    remove_statement(person, leaver.says);
    person.connections.erase(leaver.spoke);
    deadlines_.erase({leaver.deadline, &*found});
    connections_.erase(found);
}

// Most deadlines are later than all others, hence the hint; a deadline that is moved keeps its
// node.
void PresenceState::set_deadline(Connections::value_type& entry, Steady deadline) {
    auto node = deadlines_.extract({entry.second.deadline, &entry});
    entry.second.deadline = deadline;
    if (node.empty()) {
        deadlines_.emplace_hint(deadlines_.end(), deadline, &entry);
        return;
    }
    node.value().first = deadline;
    deadlines_.insert(deadlines_.end(), std::move(node));
}

// Returns the user if the connection was removed.
std::optional<Uuid> PresenceState::pass_deadline(Connections::value_type& entry, Steady now) {
    Connection& connection = entry.second;
    const Uuid user = connection.user;
    const auto lease_over = connection.heard + options_.lease;
    if (connection.phase != Phase::live) {
        forget(people_.at(user), Uuid(entry.first));
        return user;
    }
    if (lease_over > now) {
        set_deadline(entry, lease_over);
    } else {
        leave(people_.at(user), connection, Phase::silent);
        set_deadline(entry, lease_over + options_.grace);
    }
    return std::nullopt;
}

// -------------------------------------------------------------------------- changes and rosters

Presence PresenceState::seen(const Uuid& user, const Person& person) const {
    Presence presence{user, PresenceStatus::offline, person.last_seen, std::nullopt};
    if (person.connections.empty()) return presence;
    presence.status = person.online > 0 ? PresenceStatus::online : PresenceStatus::away;
    presence.active_page = connections_.at(person.connections.rbegin()->second).says.page;
    return presence;
}

std::optional<PresenceChange> PresenceState::settle(const Uuid& user) {
    const auto found = people_.find(user);
    Person& person = found->second;
    PresenceChange change;
    static_cast<Presence&>(change) = seen(user, person);
    change.seen_by_everybody =
        change.status != person.told.status || change.active_page != person.told.active_page;
    settle_schedules(user, person, change);
    person.told = change;
    if (change.status == PresenceStatus::offline) people_.erase(found);
    if (!change.seen_by_everybody && change.joined.empty() && change.left.empty())
        return std::nullopt;
    return change;
}

void PresenceState::settle_schedules(const Uuid& user, Person& person, PresenceChange& change) {
    auto& touched = person.touched_schedules;
    std::ranges::sort(touched);
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (const auto& id : touched) {
        const auto schedule = person.schedules.find(id);
        const bool here = schedule->second.connections > 0;
        if (here && !schedule->second.told) change.joined.push_back(id);
        if (!here && schedule->second.told) change.left.push_back(id);
        schedule->second.told = here;
        if (!here) person.schedules.erase(schedule);
    }
    touched.clear();
    touched.shrink_to_fit();
    for (const auto& id : change.joined) at_work_.insert({id, user});
    for (const auto& id : change.left) at_work_.erase({id, user});
    if (!change.seen_by_everybody && change.joined.empty() && change.left.empty()) return;
    for (const auto& [id, schedule] : person.schedules) change.schedules.push_back(id);
}

PresenceRoster PresenceState::roster(std::span<const Uuid> schedules,
                                     std::size_t people_max) const {
    PresenceRoster roster;
    const auto add = [&](const Uuid& user, const Person& person) {
        roster.complete = roster.people.size() < people_max;
        if (roster.complete) roster.people.push_back(seen(user, person));
        return roster.complete;
    };
    if (schedules.empty()) {
        for (const auto& [user, person] : people_)
            if (!add(user, person)) break;
        return roster;
    }
    std::set<Uuid> users;
    for (const auto& schedule : schedules) {
        auto at = at_work_.lower_bound({schedule, Uuid{}});
        // For each schedule one more than may be returned, to know whether anybody is left out.
        for (std::size_t taken = 0; taken <= people_max; ++taken, ++at) {
            if (at == at_work_.end() || at->first != schedule) break;
            users.insert(at->second);
        }
    }
    for (const auto& user : users)
        if (!add(user, people_.at(user))) break;
    return roster;
}

}  // namespace rotacast::presence

#pragma once

// For tests: the thirteen handlers on a bus under manual control, with a small programme.

#include "events/events_for_tests.hpp"
#include "handlers/handlers.hpp"
#include "projection/roster_projection.hpp"
#include "store/dispatching_for_tests.hpp"
#include "store/sqlite_directory.hpp"

#include <set>

namespace rotacast::handlers {

using events::as_it_is;
using events::with;
using Changes = std::vector<events::json::object>;
namespace json = events::json;

/// A member of the programme: user and person.
struct Somebody {
    Uuid user;
    Uuid person;
    std::string text() const { return to_string(person); }
};

class Handled : public store::Dispatching {
  protected:
    Handled() : directory(store::SqliteDirectory::open(folder.file("directory.db")).value()) {
        journal.enricher = &roster;
    }

    Somebody add(const std::string& name, auth::Role role) {
        Somebody one{Uuid::random(), Uuid::random()};
        auth::User user;
        user.id = one.user;
        user.username = name;
        user.role = role;
        user.person_id = one.person;
        EXPECT_TRUE(directory->add_user(user));
        return one;
    }

    void add_handlers(Options with = {.program_directors = {}, .cache_keys = true}) {
        handlers = std::make_unique<Handlers>(*directory, *directory, roster, std::move(with));
        ASSERT_TRUE(handlers->add_to(bus));
        settle();
    }

    template <class E>
    Uuid happen(E event) {
        const auto id = bus.publish(std::move(event)).get().value().event_id;
        settle();
        return id;
    }

    /// The events that handlers derived from that event.
    template <class E>
    std::vector<E> derived(const Uuid& cause) const {
        std::vector<E> all;
        for (const auto& entry : journal.entries)
            if (const auto* event = std::get_if<E>(&entry.envelope.event))
                if (entry.envelope.metadata.causation_id == to_string(cause)) all.push_back(*event);
        return all;
    }

    events::Notification told(const Uuid& cause) const {
        const auto all = derived<events::Notification>(cause);
        EXPECT_EQ(all.size(), 1u);
        return all.empty() ? events::Notification{} : all.front();
    }

    std::set<std::string> keys(const Uuid& cause) const {
        std::set<std::string> keys;
        for (const auto& one : derived<events::CacheInvalidated>(cause))
            keys.insert(one.keys.begin(), one.keys.end());
        return keys;
    }

    /// `kind subject` of the handler log rows of that event.
    std::set<std::string> noted(const Uuid& cause) {
        std::set<std::string> notes;
        for (const auto& row : handler_log())
            if (row.event_id == cause) notes.insert(row.note.kind + ' ' + row.note.subject);
        return notes;
    }

    projection::RosterProjection roster;
    std::unique_ptr<store::SqliteDirectory> directory;
    std::unique_ptr<Handlers> handlers;
};

inline std::vector<Uuid> users_of(std::vector<Somebody> people) {
    std::vector<Uuid> ids;
    for (const auto& one : people) ids.push_back(one.user);
    std::ranges::sort(ids);
    return ids;
}

}  // namespace rotacast::handlers

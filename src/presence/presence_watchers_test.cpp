#include "presence/presence_watchers.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>

namespace rotacast::presence {
namespace {

using namespace std::chrono_literals;

Uuid id(std::uint32_t number) {
    Uuid uuid;
    uuid.bytes[14] = static_cast<std::uint8_t>(number >> 8U);
    uuid.bytes[15] = static_cast<std::uint8_t>(number);
    return uuid;
}

std::string shown(const Presence& presence) {
    return std::string(to_string(presence.status)) + ' ' + presence.active_page.value_or("-");
}

using Screen = std::map<Uuid, std::string>;

Screen screen_of(const PresenceRoster& roster) {
    Screen screen;
    for (const auto& person : roster.people) screen[person.user] = shown(person);
    return screen;
}

/// Keeps a roster up to date by the changes it receives.
class Reader final : public PresenceWatcher {
  public:
    explicit Reader(std::vector<Uuid> watched) : schedules(std::move(watched)) {}
    void on_presence(const PresenceChange& change) override {
        ++told;
        if (change.status == PresenceStatus::offline)
            news += screen.erase(change.user);
        else
            news += std::exchange(screen[change.user], shown(change)) != shown(change);
    }
    const std::vector<Uuid> schedules;
    Screen screen;
    std::size_t told = 0;
    std::size_t news = 0;
};

/// A few people who do arbitrary things.
class Crowd {
  public:
    explicit Crowd(std::uint32_t seed) : random_(seed) {}

    std::vector<PresenceChange> one_step(PresenceState& state) {
        now_ += std::chrono::milliseconds(below(3'000));
        const Moment now{std::chrono::steady_clock::time_point(now_), Timestamp(now_)};
        // Users do not share connections: the connection's number determines its user.
        const auto user = below(4);
        const auto connection = id(100 + user + 4 * below(1 + 3 * (now_.count() % 2 == 0)));
        switch (below(5)) {
            case 0: state.heard(connection, now); break;
            case 1: state.gone(connection, now); break;
            case 2: return state.tick(now);
            default:
                if (auto change = state.set(id(user), connection, anything(), now))
                    return {std::move(*change)};
        }
        return {};
    }

  private:
    std::uint32_t below(std::uint32_t bound) {
        return static_cast<std::uint32_t>(random_() % bound);
    }

    PresenceStatement anything() {
        PresenceStatement says{below(2) == 0, {}, {}};
        if (below(3) > 0) says.page = std::string(1, static_cast<char>('p' + below(2)));
        for (std::uint32_t schedule = 0; schedule < 3; ++schedule)
            if (below(2) == 0) says.schedules.push_back(id(10 + schedule));
        return says;
    }

    std::mt19937 random_;
    std::chrono::milliseconds now_ = 1h;
};

// Only the schedule watched by the faulty watcher changes.
TEST(PresenceWatchers, RemoveAWatcherThatThrowsAndTellAllOthers) {
    class Faulty final : public PresenceWatcher {
      public:
        void on_presence(const PresenceChange&) override { throw std::runtime_error("faulty"); }
        void on_fault() noexcept override { ++faults; }
        int faults = 0;
    };
    PresenceWatchers watchers;
    Reader before({});
    Faulty faulty;
    Reader after({});
    for (auto* watcher : std::initializer_list<PresenceWatcher*>{&before, &faulty, &after})
        watchers.add(*watcher, {});
    PresenceChange change;
    change.user = id(1);
    change.status = PresenceStatus::online;
    change.seen_by_everybody = true;
    watchers.tell(change);
    watchers.tell(change);
    EXPECT_EQ(before.told, 2u);
    EXPECT_EQ(after.told, 2u);
    EXPECT_EQ(faulty.faults, 1);
    EXPECT_EQ(watchers.size(), 2u);
}

TEST(PresenceWatchers, WatchersAlwaysKnowTheRosterAndReceiveNoNeedlessChange) {
    for (std::uint32_t seed = 0; seed < 200; ++seed) {
        PresenceState state{{.grace = 3s, .lease = 9s}};
        PresenceWatchers watchers;
        std::vector<std::unique_ptr<Reader>> readers;
        for (const auto& schedules :
             std::vector<std::vector<Uuid>>{{}, {id(10)}, {id(11)}, {id(12), id(10)}}) {
            readers.push_back(std::make_unique<Reader>(schedules));
            watchers.add(*readers.back(), schedules);
        }
        Crowd crowd(seed);
        for (int step = 0; step < 200; ++step) {
            for (const auto& change : crowd.one_step(state)) watchers.tell(change);
            for (const auto& reader : readers)
                ASSERT_EQ(reader->screen, screen_of(state.roster(reader->schedules, 100)))
                    << "seed " << seed << " step " << step;
        }
        for (const auto& reader : readers) {
            EXPECT_EQ(reader->told, reader->news) << "seed " << seed;
            EXPECT_GT(reader->told, 10u);
        }
    }
}

TEST(PresenceWatchers, RemoveAllTracesOfAWatcher) {
    PresenceWatchers watchers;
    Reader everybody({});
    Reader scoped({id(10), id(11)});
    watchers.add(everybody, {});
    watchers.add(scoped, scoped.schedules);
    EXPECT_EQ(watchers.size(), 2u);
    EXPECT_TRUE(watchers.remove(everybody));
    EXPECT_TRUE(watchers.remove(scoped));
    EXPECT_FALSE(watchers.remove(scoped));
    PresenceChange change;
    change.seen_by_everybody = true;
    change.schedules = {id(10)};
    watchers.tell(change);
    EXPECT_EQ(everybody.told + scoped.told, 0u);
    EXPECT_EQ(watchers.size(), 0u);
}

}  // namespace
}  // namespace rotacast::presence

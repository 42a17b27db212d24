#include "presence/presence_board.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace rotacast::presence {
namespace {

constexpr std::size_t deadlines_at_a_time = 500;  // takes a few milliseconds

}  // namespace

PresenceBoard::PresenceBoard(std::vector<boost::asio::any_io_executor> loops,
                             PresenceBoardOptions options)
    : options_(options), state_(options.presence) {
    for (auto& executor : loops) {
        const auto loop = static_cast<std::uint32_t>(shards_.size());
        shards_.push_back(std::make_unique<Shard>());
        shards_.back()->executor = std::move(executor);
        shards_.back()->presence = std::make_unique<LoopPresence>(*this, loop);
    }
}

template <class Job>
void PresenceBoard::on_first_loop(Job job) {
    boost::asio::dispatch(shards_.front()->executor, std::move(job));
}

template <class Job>
void PresenceBoard::post_to(std::uint32_t loop, Job job) {
    boost::asio::post(shards_[loop]->executor, std::move(job));
}

void PresenceBoard::tick(const Moment& now) {
    hear_others(now);
    publish(state_.tick(now, deadlines_at_a_time));
    withdraw_lost();
    if (state_.is_due(now)) post_to(0, [this, now] { tick(now); });
}

void PresenceBoard::publish(Changes changes) {
    if (changes.empty()) return;
    const auto shared = std::make_shared<const Changes>(std::move(changes));
    for (std::uint32_t loop = 0; loop < shards_.size(); ++loop) {
        if (shards_[loop]->watchers == 0) continue;
        post_to(loop, [here = shards_[loop]->presence.get(), shared] {
            for (const auto& change : *shared) here->watchers_.tell(change);
        });
    }
}

// ------------------------------------------------------------------------------- other nodes

// They are there until they are withdrawn: their own node watches their leases.
void PresenceBoard::hear_others(const Moment& now) {
    if (now.steady - others_heard_ < options_.presence.lease / 4) return;
    others_heard_ = now.steady;
    for (const auto& connection : others_) state_.heard(connection, now);
}

void PresenceBoard::withdraw_lost() {
    for (const auto& connection : state_.take_lost())
        if (others_.erase(connection) == 0 && outlet_.withdrawn) outlet_.withdrawn(connection);
}

void PresenceBoard::others_stated(const Uuid& connection,
                                  const Uuid& user,
                                  PresenceStatement statement,
                                  const Moment& now) {
    on_first_loop([this, connection, user, statement = std::move(statement), now]() mutable {
        others_.insert(connection);
        state(user, connection, std::move(statement), now);
    });
}

void PresenceBoard::others_withdrew(const Uuid& connection, const Moment& now) {
    on_first_loop([this, connection, now] {
        if (others_.erase(connection) > 0) state_.gone(connection, now);
    });
}

// --------------------------------------------------------------------------------- statements

void PresenceBoard::state(const Uuid& user,
                          const Uuid& connection,
                          PresenceStatement statement,
                          const Moment& now) {
    auto change = state_.set(user, connection, std::move(statement), now);
    if (change) publish({std::move(*change)});
    withdraw_lost();
}

void LoopPresence::set(const Uuid& user,
                       const Uuid& connection,
                       PresenceStatement statement,
                       const Moment& now) {
    board_.on_first_loop(
        [&board = board_, user, connection, statement = std::move(statement), now]() mutable {
            if (board.outlet_.stated) board.outlet_.stated(connection, user, statement);
            board.state(user, connection, std::move(statement), now);
        });
}

void LoopPresence::heard(const Uuid& connection, const Moment& now) {
    heard_at_ = now;
    heard_.push_back(connection);
    if (heard_.size() == 1) board_.post_to(loop_, [this] { send_heard(); });
}

void LoopPresence::send_heard() {
    board_.on_first_loop(
        [&board = board_, connections = std::exchange(heard_, {}), now = heard_at_] {
            for (const auto& connection : connections) board.state_.heard(connection, now);
        });
}

void LoopPresence::gone(const Uuid& connection, const Moment& now) {
    board_.on_first_loop([&board = board_, connection, now] {
        board.state_.gone(connection, now);
        if (board.outlet_.withdrawn) board.outlet_.withdrawn(connection);
    });
}

// ---------------------------------------------------------------------------------- watchers

void LoopPresence::watch(PresenceWatcher& watcher,
                         std::vector<Uuid> schedules,
                         OnRoster on_roster) {
    unwatch(watcher);
    const auto request = ++requests_;
    awaiting_[&watcher] = request;
    board_.on_first_loop([&board = board_,
                          loop = loop_,
                          watcher = &watcher,
                          request,
                          schedules = std::move(schedules),
                          on_roster = std::move(on_roster)]() mutable {
        ++board.shards_[loop]->watchers;
        board.post_to(loop,
                      [here = board.shards_[loop]->presence.get(),
                       watcher,
                       request,
                       roster = board.state_.roster(schedules, board.options_.roster_people_max),
                       schedules,
                       on_roster = std::move(on_roster)]() mutable {
                          here->begin(watcher, request, std::move(schedules));
                          on_roster(std::move(roster));
                      });
    });
}

// Checks the request, because the watcher may be gone and another may have its address.
void LoopPresence::begin(PresenceWatcher* watcher,
                         std::uint64_t request,
                         std::vector<Uuid> schedules) {
    const auto found = awaiting_.find(watcher);
    if (found == awaiting_.end() || found->second != request) return;
    awaiting_.erase(found);
    watchers_.add(*watcher, std::move(schedules));
}

void LoopPresence::unwatch(PresenceWatcher& watcher) {
    const bool awaited = awaiting_.erase(&watcher) > 0;
    const bool watched = watchers_.remove(watcher);
    if (!awaited && !watched) return;
    board_.on_first_loop([&board = board_, loop = loop_] { --board.shards_[loop]->watchers; });
}

void LoopPresence::roster(std::vector<Uuid> schedules, OnRoster on_roster) {
    board_.on_first_loop([&board = board_,
                          loop = loop_,
                          schedules = std::move(schedules),
                          on_roster = std::move(on_roster)]() mutable {
        board.post_to(
            loop,
            [roster = board.state_.roster(schedules, board.options_.roster_people_max),
             on_roster = std::move(on_roster)]() mutable { on_roster(std::move(roster)); });
    });
}

}  // namespace rotacast::presence

// Checks the guarantee of resume against a model: whatever is published, trimmed, restarted,
// disconnected or read slowly, a client sees what it watches exactly once and in order, or is told
// once that it does not.

#include "live/catch_up.hpp"

#include "hub/send_queue.hpp"
#include "live/catch_up_for_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <sstream>

namespace rotacast::live {
namespace {

/// One connection: a bounded queue to a client that reads at its own pace.
class Connection final : public hub::Subscriber, private hub::GapEncoder {
  public:
    Connection(Server& server,
               hub::EncodingId form,
               hub::SlowConsumerPolicy policy,
               std::size_t queue_bytes)
        : Subscriber(form), server_(server), queue_(queue_bytes, policy) {
        queue_.tell_gaps(*this);
    }
    ~Connection() {
        if (catch_up_) catch_up_->cancel();
        server_.hub.detach(*this);
    }

    void resume(const Cursor& from, const std::vector<Topic>& topics, std::size_t entries_max) {
        for (const auto& topic : topics)
            if (topic.kind != Topic::Kind::everybody) server_.hub.topics().subscribe(*this, topic);
        catch_up_ = std::make_shared<CatchUp>(
            CatchUp::Environment{
                server_.loop, server_.hub, server_.journal, server_.history, entries_max},
            *this,
            [this] { return !queue_.empty(); },
            [this](const CaughtUp& outcome) {
                live = true;
                if (outcome.gap)
                    reply("gap " + outcome.gap_from + ' ' + outcome.cursor + ' ' + outcome.cursor +
                          '\n');
                reply("resumed " + outcome.cursor + '\n');
            });
        catch_up_->start(from);
    }

    /// What the client reads now: up to `bytes`, or everything.
    std::string read(std::size_t bytes) {
        std::string text;
        while (text.size() < bytes && !queue_.empty()) {
            std::array<std::string_view, 1> view;
            queue_.gather(view);
            const auto part = view[0].substr(0, bytes - text.size());
            text += part;
            queue_.consume(part.size());
        }
        if (catch_up_) catch_up_->proceed();
        return text;
    }

    void deliver(const hub::Frame& frame) override { push(frame, hub::FrameKind::event); }
    bool journal_broke(hub::Break, std::string_view before, std::string_view now) override {
        reply("gap " + std::string(before) + ' ' + std::string(now) + ' ' + std::string(now) +
              '\n');
        return true;
    }
    bool may_receive(const Topic&) const override { return true; }
    Uuid user() const override { return {}; }

    void reply(std::string text) { push(hub::Frame::of(std::move(text)), hub::FrameKind::reply); }

    bool live = false;
    bool overflowed = false;

  private:
    hub::Frame encode(const hub::Gap& gap) const override {
        const auto& epoch = server_.hub.recent().epoch();
        const auto from = to_string(Cursor{epoch, gap.from});
        const auto to = to_string(Cursor{epoch, gap.to});
        const bool superseded = gap.reason == hub::Gap::Reason::superseded;
        return hub::Frame::of("gap " + from + ' ' + to + ' ' + (superseded ? from : to) + '\n');
    }
    /// As a session does: writes directly to the kernel if nothing waits, whatever the size.
    void push(const hub::Frame& frame, hub::FrameKind kind) {
        if (queue_.empty()) return queue_.push_begun(frame, kind, 0);
        overflowed |= queue_.push(frame, kind) == hub::SendQueue::Outcome::overflow;
    }

    Server& server_;
    hub::SendQueue queue_;
    std::shared_ptr<CatchUp> catch_up_;
};

struct ToldGap {
    Cursor from;
    Cursor to;
    /// True: nothing of its range is sent. Under keep_latest some of it is, and may be dropped
    /// later.
    bool exact;
};

/// What a client knows, over all its connections.
class Client {
  public:
    explicit Client(Cursor start) : kept(std::move(start)) {}

    void take(const std::string& bytes) {
        text_ += bytes;
        for (auto end = text_.find('\n'); end != std::string::npos; end = text_.find('\n')) {
            take_line(text_.substr(0, end));
            text_.erase(0, end + 1);
        }
    }
    void break_off() { text_.clear(); }

    Cursor kept;
    bool exact_gaps = true;
    std::vector<Cursor> seen;
    std::vector<ToldGap> gaps;

  private:
    void take_line(const std::string& line) {
        std::istringstream words(line);
        std::string what, first, second, cursor;
        words >> what >> first >> second >> cursor;
        if (what == "event" || what == "id:") {
            kept = *Cursor::parse(first);
            seen.push_back(kept);
        } else if (what == "gap") {
            gaps.push_back({*Cursor::parse(first), *Cursor::parse(second), exact_gaps});
            kept = *Cursor::parse(cursor);
        } else {
            kept = *Cursor::parse(first);
        }
    }

    std::string text_;
};

/// One random history; everything that happens is drawn from the seed.
class Story {
  public:
    explicit Story(std::uint32_t seed) : dice_(seed) {
        publish();
        hand_over_all();
        client_.kept = {journal_.epoch, {journal_.last}};
        start_ = journal_.last;
        for (std::uint32_t topic = 0; topic < 6; ++topic)
            if (topic == 0 || chance(2)) topics_.push_back(topic_of(topic));
    }

    void run() {
        connect();
        for (int step = 0; step < 40; ++step) {
            switch (roll(11)) {
                case 0:
                case 1:
                case 2: publish(); break;
                case 3: hand_over_some(); break;
                case 4: server_->loop.poll(); break;
                case 5:
                case 6: read_some(); break;
                case 7: break_off(); break;
                case 8: trim(); break;
                case 9: restart(); break;
                case 10: lose_entries(); break;
            }
            if (connection_ && connection_->overflowed) break_off();
            if (!connection_ && chance(2)) connect();
        }
        finish();
    }

    /// All events on the client's topics were received once and in order, or reported missing once.
    void check() const {
        std::size_t next = 0;
        for (const auto& [cursor, watched] : published_) {
            if (!watched) continue;
            if (next < client_.seen.size() && client_.seen[next] == cursor) {
                ++next;
                continue;
            }
            const auto told = std::ranges::count_if(
                client_.gaps, [&](const auto& gap) { return covers(gap, cursor); });
            const auto exact = std::ranges::count_if(
                client_.gaps, [&](const auto& gap) { return gap.exact && covers(gap, cursor); });
            EXPECT_TRUE(told > 0 && exact <= 1)
                << to_string(cursor) << " was not seen; " << account();
        }
        EXPECT_EQ(next, client_.seen.size()) << "something came twice, or out of order";
    }

  private:
    std::string account() const {
        std::string text = "seen";
        for (const auto& cursor : client_.seen) text += ' ' + to_string(cursor);
        text += "; told";
        for (const auto& gap : client_.gaps)
            text += ' ' + to_string(gap.from) + '-' + to_string(gap.to);
        return text;
    }

    std::uint32_t roll(std::uint64_t below) { return static_cast<std::uint32_t>(dice_() % below); }
    bool chance(std::uint32_t one_in) { return roll(one_in) == 0; }

    void publish() {
        for (auto count = roll(6); count > 0; --count) {
            ModelJournal::Entry entry;
            for (auto events = roll(4); events > 0; --events)
                entry.emplace_back(static_cast<std::uint8_t>(roll(3)), topic_of(roll(6)));
            const auto offset = ++journal_.last;
            for (std::uint32_t i = 0; i < entry.size(); ++i) {
                const bool watched = std::ranges::count(topics_, entry[i].second) > 0;
                const Position position{offset, i + 1 == entry.size() ? Position::whole : i};
                if (!topics_.empty())
                    published_.emplace_back(Cursor{journal_.epoch, position}, watched);
            }
            journal_.entries.emplace(offset, std::move(entry));
        }
    }
    void hand_over_some() {
        if (server_->hub.recent().epoch() != journal_.epoch) return server_->hand_over(0);
        const auto position = server_->hub.recent().position();
        server_->hand_over(position + roll(journal_.last - position + 1));
    }
    void hand_over_all() { server_->hand_over(journal_.last); }

    void connect() {
        const auto form = static_cast<hub::EncodingId>(roll(2));
        const std::array policies{hub::SlowConsumerPolicy::close,
                                  hub::SlowConsumerPolicy::drop_oldest,
                                  hub::SlowConsumerPolicy::keep_latest};
        const auto policy = policies[roll(3)];
        client_.exact_gaps = policy != hub::SlowConsumerPolicy::keep_latest;
        gaps_are_of_one_epoch_ = policy == hub::SlowConsumerPolicy::close;
        connection_.emplace(*server_, form, policy, 100 + roll(400));
        connection_->resume(client_.kept, topics_, chance(4) ? 5 : 1000);
    }
    void read_some() {
        if (connection_) client_.take(connection_->read(roll(60)));
    }
    void break_off() {
        connection_.reset();
        client_.break_off();
    }
    void trim() {
        if (chance(3)) journal_.first += roll(journal_.last - journal_.first + 2);
    }
    void restart() {
        if (!chance(3)) return;
        break_off();
        if (chance(4)) {
            // Another journal, as after a restored backup: the old positions are no longer valid.
            journal_.epoch += 'x';
        }
        server_.emplace(journal_, 1 + roll(30));
    }
    /// Loses entries while the server runs. What was not delivered on its loop yet is lost as well.
    void lose_entries() {
        if (!chance(4)) return;
        if (!gaps_are_of_one_epoch_) break_off();
        journal_.lose_behind(journal_.first - 1 + roll(journal_.last - journal_.first + 2));
        if (chance(2)) server_->hand_over(0);
    }
    void finish() {
        if (!connection_) connect();
        for (int turn = 0; turn < 100'000; ++turn) {
            hand_over_all();
            server_->loop.poll();
            client_.take(connection_->read(1 << 20));
            if (connection_->overflowed) {
                break_off();
                connect();
                continue;
            }
            const bool present = client_.kept.epoch == journal_.epoch &&
                                 client_.kept.position.offset >= journal_.last;
            if (connection_->live && present) return;
            if (connection_->live && turn > 1000) return;
        }
        FAIL() << "the client never caught up";
    }

    /// The end of an epoch is after all of its positions.
    static bool covers(const ToldGap& gap, const Cursor& cursor) {
        const auto rank = [](const Cursor& c) { return std::pair(c.epoch.size(), c.position); };
        return rank(gap.from) < rank(cursor) && rank(cursor) <= rank(gap.to);
    }

    std::mt19937 dice_;
    ModelJournal journal_;
    std::optional<Server> server_{std::in_place, journal_, 20};
    std::vector<Topic> topics_;
    std::optional<Connection> connection_;
    Client client_{{"e1", {}}};
    std::vector<std::pair<Cursor, bool>> published_;
    events::Offset start_ = 0;
    bool gaps_are_of_one_epoch_ = true;  ///< no gap of the former epoch waits to be extended
};

// The latest state of a thousand subjects is one reply, larger than any queue.
TEST(CatchUp, IsLiveOnlyAfterTheClientHasReadALargeReply) {
    ModelJournal journal;
    Server server(journal, 20);
    const auto publish = [&] {
        journal.entries[++journal.last].emplace_back(std::uint8_t{1}, Topic::everybody());
        server.hand_over(journal.last);
        server.loop.poll();
    };
    publish();
    Connection connection(server, 0, hub::SlowConsumerPolicy::close, 100);
    const std::string answer(1'000, 'a');
    connection.reply(answer);
    connection.resume({journal.epoch, {journal.last}}, {}, 1'000);
    for (int events = 0; events < 50; ++events) publish();
    EXPECT_FALSE(connection.overflowed);
    EXPECT_EQ(connection.read(answer.size()), answer);
    Client client({journal.epoch, {1}});
    for (int turn = 0; turn < 100 && !connection.live; ++turn) {
        server.loop.poll();
        client.take(connection.read(1'000));
    }
    EXPECT_EQ(client.seen.size(), 50u);
    EXPECT_TRUE(client.gaps.empty());
    EXPECT_FALSE(connection.overflowed);
}

// The client was on another loop, which was told of the new epoch first.
TEST(CatchUp, WaitsUntilItsLoopKnowsTheEpochOfTheCursor) {
    ModelJournal journal;
    Server server(journal, 20);
    const auto store = [&] {
        journal.entries[++journal.last].emplace_back(std::uint8_t{1}, Topic::everybody());
    };
    for (int i = 0; i < 5; ++i) store();
    server.hand_over(5);
    journal.lose_behind(3);
    store();
    Connection connection(server, 0, hub::SlowConsumerPolicy::close, 1'000);
    Client client({journal.epoch, {3}});
    connection.resume(client.kept, {}, 1'000);
    server.loop.poll();
    EXPECT_FALSE(connection.live);
    server.hand_over(4);
    for (int turn = 0; turn < 10; ++turn) {
        client.take(connection.read(1'000));
        server.loop.poll();
    }
    EXPECT_TRUE(connection.live);
    EXPECT_EQ(client.seen, std::vector{Cursor({journal.epoch, {4}})});
    EXPECT_TRUE(client.gaps.empty());
}

TEST(CatchUp, LosesNothingSilentlyAndRepeatsNothing) {
#ifdef ROTACAST_SANITIZED
    constexpr std::uint32_t stories = 5'000;
#else
    constexpr std::uint32_t stories = 100'000;
#endif
    for (std::uint32_t seed = 0; seed < stories && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Story story(seed);
        story.run();
        story.check();
    }
}

}  // namespace
}  // namespace rotacast::live

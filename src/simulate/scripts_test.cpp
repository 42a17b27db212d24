// The scripts against a real Redis do what the model does, call by call.

#include "cluster/script_encoding.hpp"
#include "redis/redis_server_for_tests.hpp"
#include "simulate/redis_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <sstream>

namespace rotacast::simulate {
namespace {

using namespace cluster;
using redis::testing::await;
using redis::testing::RedisServer;

/// An answer as text, for comparison.
struct Described {
    std::ostringstream& out;

    void operator()(const HelloAgain&) const { out << "hello again"; }
    void operator()(const HelloAnswer& answer) const { std::visit(*this, answer); }
    void operator()(const RestoreAnswer& answer) const { std::visit(*this, answer); }
    void operator()(const AppendAnswer& answer) const { std::visit(*this, answer); }
    void operator()(const SignAnswer& answer) const { std::visit(*this, answer); }
    void operator()(const TrimAnswer& answer) const { std::visit(*this, answer); }
    void operator()(const Joined& joined) const {
        out << "joined " << joined.epoch << " began " << joined.began << " agreed " << joined.agreed
            << " has " << joined.first << '-' << joined.last;
        for (const auto& former : joined.former) out << ' ' << former.epoch << ':' << former.shared;
        nodes(joined.nodes);
        out << " at " << joined.time.count();
    }
    void operator()(const Restore& restore) const {
        out << "restore " << restore.epoch << ' ' << restore.last << " to " << restore.up_to;
    }
    void operator()(const Wait&) const { out << "wait"; }
    void operator()(const Show& show) const { out << "show " << show.offset; }
    void operator()(const Restored& restored) const { out << "restored " << restored.last; }
    void operator()(const AppendAnswers& answers) const {
        for (const auto& item : answers.items) std::visit(*this, item);
    }
    void operator()(const Appended& appended) const {
        for (const auto& event : appended.events)
            out << ' ' << to_string(event.event_id) << '@' << event.offset
                << (event.duplicate ? " again" : "");
    }
    void operator()(const Refused& refused) const {
        out << " refused " << static_cast<int>(refused.why) << ' ' << refused.event << ' '
            << refused.actual;
    }
    void operator()(const SignSeen& seen) const {
        out << "seen " << seen.first << '-' << seen.last;
        nodes(seen.nodes);
        out << " at " << seen.time.count();
    }
    void operator()(const Trimmed& trimmed) const { out << "trimmed " << trimmed.first; }

    void nodes(std::vector<NodeSign> nodes) const {
        std::ranges::sort(nodes, {}, &NodeSign::id);
        for (const auto& node : nodes)
            out << ' ' << node.id << '(' << node.name << ' ' << node.version << ' ' << node.position
                << ' ' << node.silent.count() << (node.waits ? " waits)" : ")");
    }
};

std::string text_of(const ScriptAnswer& answer) {
    std::ostringstream out;
    std::visit(Described{out}, answer);
    return out.str();
}

/// Of a hello, for the report of a failure.
std::string text_of(const ScriptCall& call) {
    const auto* hello = std::get_if<HelloCall>(&call);
    if (!hello) return "call " + std::to_string(call.index());
    std::ostringstream out;
    out << "hello of " << hello->node << ' ' << hello->epoch << ' ' << hello->first << '-'
        << hello->last << " shown " << hello->shown << " settle " << hello->settle.count();
    for (const auto& former : hello->former) out << ' ' << former.epoch << ':' << former.shared;
    for (const auto& witness : hello->witnesses) out << " @" << witness.offset;
    return out.str();
}

/// Calls with few different names and numbers, so that they meet.
class Caller {
  public:
    explicit Caller(unsigned seed) : random_(seed) {
        for (auto& event : events_)
            for (auto& byte : event.bytes) byte = static_cast<std::uint8_t>(pick(256));
    }

    std::size_t pick(std::size_t count) { return random_() % count; }
    bool one_in(std::size_t count) { return pick(count) == 0; }

    ScriptCall next(const RedisData& data) {
        if (data.head && !data.head->epoch.empty()) know(data.head->epoch);
        switch (pick(10)) {
            case 0:
            case 1:
            case 2: return hello(data);
            case 3: return restore(data);
            case 4:
                return SignOfLifeCall{
                    identity(), epoch(data), node(), "a name", "0.1", pick(20), heard(), one_in(8)};
            case 5: return TrimCall{identity(), epoch(data), pick(30), lease()};
            default: return append(data);
        }
    }

  private:
    void know(const std::string& epoch) {
        if (std::ranges::find(epochs_, epoch) == epochs_.end()) epochs_.push_back(epoch);
    }
    std::string identity() { return one_in(12) ? "other/life" : "run/repl"; }
    std::string node() { return "n" + std::to_string(pick(3)); }
    std::string epoch(const RedisData& data) {
        if (data.head && !data.head->epoch.empty() && !one_in(8)) return data.head->epoch;
        return epochs_[pick(epochs_.size())];
    }
    /// Some time around now, or never.
    Milliseconds heard() {
        return Milliseconds(one_in(2) ? 0 : 1'700'000'000'000 + pick(40'000));
    }
    Milliseconds lease() { return Milliseconds(one_in(2) ? 5'000 : 200); }
    const Uuid& event() { return events_[pick(events_.size())]; }

    HelloCall hello(const RedisData& data) {
        HelloCall call;
        call.node = node();
        call.name = "node of " + call.node;
        call.version = "0.1";
        call.identity = identity();
        call.epoch = epoch(data);
        const auto end = data.head ? data.head->last : 0;
        call.last = one_in(3) ? 0 : pick(end + 3);
        call.first = call.last == 0 ? 1 : 1 + pick(call.last);
        call.shown = call.last + (one_in(6) ? pick(4) : 0);
        for (auto offset = call.last; offset >= call.first && offset > 0; --offset)
            if (!one_in(4)) call.witnesses.push_back({offset, event_at(data, offset)});
        for (const auto& former : epochs_)
            if (former != call.epoch && one_in(3)) call.former.push_back({former, pick(20)});
        if (call.former.size() > former_epochs_max) call.former.resize(former_epochs_max);
        if (one_in(4)) call.known = {node()};
        call.heard = heard();
        call.epoch_suffix = "abcdef";
        call.settle = Milliseconds(one_in(2) ? 1'000 : 0);
        call.lease = lease();
        return call;
    }

    /// Mostly the stream's.
    Uuid event_at(const RedisData& data, Offset offset) {
        for (const auto& record : data.stream)
            if (record.offset == offset && !one_in(10)) return record.event_id;
        return event();
    }

    RestoreCall restore(const RedisData& data) {
        RestoreCall call{identity(), epoch(data), data.head ? data.head->last : 0, {}};
        auto offset = call.expected_last == 0 ? 1 + pick(5) : call.expected_last + 1;
        if (one_in(6)) call.expected_last = pick(10);
        for (std::size_t count = 1 + pick(3); count > 0; --count, ++offset) {
            StreamRecord record;
            record.offset = offset;
            record.event_id = event();
            record.stored_at = Timestamp(Milliseconds(pick(1'000)));
            record.publisher = publisher();
            record.envelope = "{\"restored\":" + std::to_string(offset) + '}';
            record.digest = digest();
            record.aggregate = aggregate();
            if (one_in(3)) record.key = key();
            call.records.push_back(std::move(record));
        }
        return call;
    }

    AppendCall append(const RedisData& data) {
        AppendCall call{identity(), epoch(data), {}};
        for (std::size_t count = 1 + pick(3); count > 0; --count) {
            auto request = std::make_shared<OrderRequest>();
            request->publisher = publisher();
            for (std::size_t events = 1 + pick(3); events > 0; --events)
                request->events.push_back({event(),
                                           aggregate(),
                                           "{\"text\":\"\xc3\xa9 \\u0000\"}",
                                           one_in(3) ? "{\"from\":1}" : "",
                                           digest()});
            if (one_in(3)) request->key = key();
            const bool answered = one_in(4);
            for (std::size_t i = 0; !answered && i < request->events.size(); ++i)
                if (one_in(4))
                    request->claims.push_back(
                        {i, one_in(2) ? std::nullopt : std::optional<Offset>(pick(12))});
            call.items.push_back({std::move(request), answered});
        }
        return call;
    }

    std::string publisher() { return one_in(2) ? "key:back-end" : "embedded"; }
    std::string digest() { return one_in(8) ? "other digest" : "digest"; }
    std::string aggregate() { return "Swap:" + std::to_string(pick(4)); }
    RequestKey key() {
        return {"k " + std::to_string(pick(4)),
                one_in(4) ? "d2" : "d1",
                static_cast<std::uint32_t>(pick(2)),
                3};
    }

    std::mt19937 random_;
    std::array<Uuid, 40> events_{};
    std::vector<std::string> epochs_{"00112233445566778899aabb", "ffeeddccbbaa998877665544"};
};

class Scripts : public testing::TestWithParam<unsigned> {
  protected:
    redis::Reply ask(redis::Command command) {
        return await(io_, connection_->command(std::move(command))).value();
    }

    /// Runs the script with a time of the test's.
    ScriptAnswer run(const ScriptCall& call, Milliseconds time) {
        std::string text(script_of(call));
        const std::string_view clock = "redis.call('TIME')";
        const auto at = text.find(clock);
        text.replace(at, clock.size(), "redis.call('HMGET', '{test}:time', 's', 'us')");
        ask(redis::Command(
            "HSET", "{test}:time", "s", time.count() / 1'000, "us", time.count() % 1'000 * 1'000));
        redis::Command command("EVAL", text);
        add_arguments(command, call, keys_, {});
        const auto reply = ask(std::move(command));
        if (const auto* error = reply.error()) throw std::runtime_error(error->text);
        auto answer = decode_answer(call, reply);
        if (!answer) throw std::runtime_error(answer.error().message);
        return *answer;
    }

    void expect_same_data(const RedisData& data) {
        const auto entries = ask(redis::Command("XRANGE", keys_.stream, "-", "+"));
        StreamRecords stream;
        for (const auto& entry : *entries.array()) stream.push_back(decode_record(entry).value());
        EXPECT_EQ(stream, StreamRecords(data.stream.begin(), data.stream.end()));
        std::vector<std::string> epochs;
        for (const auto& former : data.epochs)
            epochs.push_back(former.epoch + ' ' + std::to_string(former.shared));
        const auto lines = ask(redis::Command("LRANGE", keys_.epochs, 0, -1));
        std::vector<std::string> found;
        for (const auto& line : *lines.array()) found.push_back(*line.text());
        EXPECT_EQ(found, epochs);
        for (const auto& [aggregate, version] : data.versions)
            EXPECT_EQ(*ask(redis::Command("ZSCORE", keys_.versions, aggregate)).text(),
                      std::to_string(version));
        EXPECT_EQ(*ask(redis::Command("ZCARD", keys_.versions)).integer(),
                  static_cast<std::int64_t>(data.versions.size()));
    }

    boost::asio::io_context io_;
    RedisServer server_;
    redis::ConnectionPtr connection_ =
        await(io_, redis::Connection::open(server_.options())).value();
    KeyNames keys_{"test"};
};

TEST_P(Scripts, AnswerAsTheModelDoes) {
    for (unsigned seed = GetParam() * 10; seed < GetParam() * 10 + 10; ++seed) {
        ask(redis::Command("FLUSHALL"));
        Caller caller(seed);
        RedisModel model;
        Milliseconds time{1'700'000'000'000};
        for (int step = 0; step < 150; ++step) {
            SCOPED_TRACE("seed " + std::to_string(seed) + ", step " + std::to_string(step));
            time += Milliseconds(caller.one_in(10) ? 3'000 : caller.pick(300));
            const auto call = caller.next(model.data());
            SCOPED_TRACE(text_of(call));
            const auto answer = run(call, time);
            ASSERT_EQ(text_of(answer), text_of(model.run(call, time)));
        }
        expect_same_data(model.data());
        if (HasFailure()) return;
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Scripts, testing::Range(0U, 6U));

}  // namespace
}  // namespace rotacast::simulate

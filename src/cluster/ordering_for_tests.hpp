#pragma once

// Drives one Ordering by hand: what it wants done is kept until a test asks for it.

#include "cluster/ordering.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::cluster {

inline Uuid event_number(std::uint8_t number) {
    Uuid id;
    id.bytes[15] = number;
    return id;
}

inline StreamRecord record(Offset offset, std::uint8_t event, std::string epoch = "e1") {
    return {.offset = offset,
            .epoch = std::move(epoch),
            .event_id = event_number(event),
            .stored_at = {},
            .publisher = "key:a",
            .envelope = "{}",
            .provenance = "",
            .digest = "d" + std::to_string(event),
            .aggregate = "thing",
            .key = {}};
}

inline OrderRequestPtr request(std::vector<std::uint8_t> events) {
    auto made = std::make_shared<OrderRequest>();
    made->publisher = "key:a";
    for (const auto event : events)
        made->events.push_back(
            {event_number(event), "thing", "{}", "", "d" + std::to_string(event)});
    return made;
}

class OrderingDriver {
  public:
    explicit OrderingDriver(ReplicaState replica = {.epoch = "e1"},
                            std::size_t outbox_rows = 0,
                            OrderingOptions options = {})
        : machine_(
              [&] {
                  options.node = "n1";
                  return options;
              }(),
              std::move(replica),
              outbox_rows) {}

    Ordering& machine() { return machine_; }

    /// The oldest action of this kind that no one asked for yet.
    template <class T>
    std::optional<T> next() {
        for (auto& action : machine_.take_actions()) actions_.push_back(std::move(action));
        const auto found = std::ranges::find_if(
            actions_, [](const Action& one) { return std::holds_alternative<T>(one); });
        if (found == actions_.end()) return std::nullopt;
        auto action = std::get<T>(std::move(*found));
        actions_.erase(found);
        return action;
    }

    /// The oldest call of this kind, and its id.
    template <class T>
    std::optional<std::pair<ActionId, T>> call() {
        for (auto& action : machine_.take_actions()) actions_.push_back(std::move(action));
        const auto found = std::ranges::find_if(actions_, [](const Action& one) {
            const auto* sent = std::get_if<SendCall>(&one);
            return sent && std::holds_alternative<T>(sent->call);
        });
        if (found == actions_.end()) return std::nullopt;
        auto sent = std::get<SendCall>(std::move(*found));
        actions_.erase(found);
        return std::pair(sent.id, std::get<T>(std::move(sent.call)));
    }

    /// Connects, shows witnesses, and returns the hello that follows.
    std::pair<ActionId, HelloCall> connect() {
        machine_.connected("redis 1");
        return hello();
    }
    /// Answers the look for witnesses, and returns the hello that follows.
    std::pair<ActionId, HelloCall> hello() {
        const auto look = next<ReadWitnesses>();
        if (!look) {
            ADD_FAILURE() << "it does not look for witnesses";
            return {};
        }
        std::vector<Witness> witnesses;
        for (const auto offset : look->offsets) witnesses.push_back({offset, {}});
        machine_.witnesses_read(look->id, std::move(witnesses));
        auto said = call<HelloCall>();
        EXPECT_TRUE(said);
        return said ? std::move(*said) : std::pair<ActionId, HelloCall>{};
    }

    /// Connects and joins with all that the replica has; the outbox is empty but for `rows`.
    void join(Joined joined, std::vector<OutboxRow> rows = {}) {
        const auto id = connect().first;
        machine_.answered(id, HelloAnswer(std::move(joined)));
        read_outbox(std::move(rows));
    }
    void read_outbox(std::vector<OutboxRow> rows) {
        const bool was_empty = rows.empty();
        if (const auto read = next<ReadOutbox>()) machine_.outbox_read(read->id, std::move(rows));
        if (was_empty) return;
        if (const auto read = next<ReadOutbox>()) machine_.outbox_read(read->id, {});
    }

    Stage stage() const { return machine_.status().stage; }

  private:
    Ordering machine_;
    std::vector<Action> actions_;
};

}  // namespace rotacast::cluster

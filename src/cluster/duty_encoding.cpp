#include "cluster/duty_encoding.hpp"

#include "cluster/script_reply.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace rotacast::cluster {
namespace {

constexpr std::array<std::string_view, 6> kinds{
    "change", "removed", "first", "more", "last", "only"};

constexpr std::array<std::pair<std::string_view, DutyState>, 7> states{{
    {"held", DutyState::held},
    {"taken", DutyState::taken},
    {"free", DutyState::free},
    {"other", DutyState::other},
    {"lost", DutyState::lost},
    {"released", DutyState::released},
    {"forgotten", DutyState::forgotten},
}};

}  // namespace

DutyKeys::DutyKeys(const std::string& prefix)
    : duties('{' + prefix + "}:duties"),
      duty('{' + prefix + "}:duty:"),
      rows('{' + prefix + "}:duty_rows:"),
      whole('{' + prefix + "}:duty_whole:") {}

void add_arguments(redis::Command& command,
                   const HoldDuties& call,
                   const DutyCaller& caller,
                   const DutyKeys& keys) {
    command.add(1).add(keys.duties).add(keys.duty).add(caller.node).add(caller.identity);
    command.add(caller.lease.count()).add(keys.rows);
    for (const auto& claim : call.claims)
        command.add(claim.subscriber)
            .add(claim.fence)
            .add(std::string_view(claim.forget    ? "forget"
                                  : claim.release ? "release"
                                                  : "hold"));
}

void add_arguments(redis::Command& command,
                   const WriteCopy& call,
                   const std::string& node,
                   const DutyKeys& keys) {
    const auto& part = call.part;
    command.add(3).add(keys.duty + call.subscriber).add(keys.rows + call.subscriber);
    command.add(keys.whole + call.subscriber).add(node).add(call.fence);
    command.add(kinds.at(static_cast<std::size_t>(part.kind)));
    command.add(std::string_view(part.record ? *part.record : std::string_view()));
    command.add(std::ranges::count_if(part.rows, [](const auto& row) { return !row.second; }));
    for (const auto& [event, text] : part.rows)
        if (!text) command.add(to_string(event));
    for (const auto& [event, text] : part.rows)
        if (text) command.add(to_string(event)).add(*text);
}

Result<std::vector<DutyAnswer>> decode_duties(const redis::Reply& reply) {
    std::vector<DutyAnswer> answers;
    const auto* list = reply.array();
    if (!list) return not_understood("duties");
    for (const auto& one : *list) {
        ArrayReader reader(one);
        DutyAnswer answer;
        answer.subscriber = reader.text();
        const auto word = reader.text();
        const auto* const state =
            std::ranges::find(states, word, &std::pair<std::string_view, DutyState>::first);
        answer.fence = reader.number<std::uint64_t>();
        answer.flag = reader.number<int>() != 0;
        answer.holder = reader.text();
        if (reader.failed() || state == states.end()) return not_understood("duties");
        answer.state = state->second;
        answers.push_back(std::move(answer));
    }
    return answers;
}

Result<std::string> decode_rows(const redis::Reply& reply, store::SubscriberCopy& copy) {
    const auto* parts = reply.array();
    if (!parts || parts->size() != 2) return not_understood("a subscriber's rows");
    const auto* cursor = parts->front().text();
    ArrayReader rows(parts->back());
    while (!rows.at_end()) {
        const auto event = rows.uuid();
        auto text = rows.text();
        if (!rows.failed()) copy.rows.insert_or_assign(event, std::move(text));
    }
    if (!cursor || rows.failed()) return not_understood("a subscriber's rows");
    return *cursor;
}

}  // namespace rotacast::cluster

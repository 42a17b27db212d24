#include "cluster/fact_encoding.hpp"

#include "cluster/script_reply.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::cluster {
namespace {

/// In Redis: `user:<id>`.
std::string name_of(const store::Fact& fact) {
    return fact.kind + ':' + fact.key;
}

store::FactField field_in(std::string name, const std::string& stored) {
    const auto space = std::min(stored.find(' '), stored.size());
    const auto version = number_in<std::int64_t>(std::string_view(stored).substr(0, space));
    return {
        std::move(name), version.value_or(0), stored.substr(std::min(space + 1, stored.size()))};
}

store::Fact fact_in(ArrayReader& reply) {
    store::Fact fact;
    const auto name = reply.text();
    const auto colon = std::min(name.find(':'), name.size());
    fact.kind = name.substr(0, colon);
    fact.key = name.substr(std::min(colon + 1, name.size()));
    while (!reply.at_end()) {
        auto field = reply.text();
        fact.fields.push_back(field_in(std::move(field), reply.text()));
    }
    return fact;
}

}  // namespace

FactKeys::FactKeys(const std::string& prefix)
    : fact('{' + prefix + "}:fact:"),
      facts('{' + prefix + "}:facts"),
      changed('{' + prefix + "}:facts_changed"),
      expiring('{' + prefix + "}:facts_expiring") {}

void add_arguments(redis::Command& command, const ExchangeFacts& call, const FactKeys& keys) {
    command.add(3).add(keys.facts).add(keys.changed).add(keys.expiring).add(keys.fact);
    command.add(call.after).add(call.facts_max).add(call.facts.size());
    for (const auto& fact : call.facts) {
        const auto expires_at = fact.expires_at ? fact.expires_at->time_since_epoch().count() : 0;
        command.add(name_of(fact)).add(expires_at).add(fact.fields.size());
        for (const auto& field : fact.fields)
            command.add(field.name).add(field.version).add(field.value);
    }
}

Result<ExchangedFacts> decode_facts(const redis::Reply& reply) {
    ArrayReader reader(reply);
    ExchangedFacts answer;
    answer.number = reader.number<std::uint64_t>();
    answer.up_to = reader.number<std::uint64_t>();
    reader.each([&](ArrayReader& fact) { answer.facts.push_back(fact_in(fact)); });
    if (reader.failed()) return not_understood("facts");
    return answer;
}

}  // namespace rotacast::cluster

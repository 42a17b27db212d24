#pragma once

// Converts results of the bus to the described structs of the GraphQL schema, from which the JSON
// of the REST interface derives, too. Pure.

#include "bus/stats.hpp"
#include "graphql/answers.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rotacast::execution {

graphql::BusSubscriber shown(const bus::SubscriberStatus& status);
graphql::DeadLetter shown(const bus::DeadLetter& letter);
graphql::DeadLetter shown_with_event(const bus::DeadLetter& letter);
graphql::Delivery shown(const bus::HandlerLogRow& row);
graphql::Replay shown(const bus::Replay& replay);

/// Parses the identifier of a row.
inline std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace rotacast::execution

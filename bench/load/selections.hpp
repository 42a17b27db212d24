#pragma once

// Generates different GraphQL selections of the same data: the fields of an event on `/ws`.

#include <cstddef>
#include <string>
#include <string_view>

namespace rotacast::bench {

/// A `subscribe` message of graphql-transport-ws with the given `id`, for every update of the
/// schedule, whatever the selection.
///
/// Two numbers below `selections_max` give different documents of the same length: they differ in
/// the order of fields, in an alias, or in a filter that matches the same events.
[[nodiscard]] std::string subscribe_message(std::string_view id,
                                            std::string_view schedule_id,
                                            std::size_t selection);

inline constexpr std::size_t selections_max = 40320;  // 8!

/// The document of that message.
[[nodiscard]] std::string document_of(std::size_t selection);

}  // namespace rotacast::bench

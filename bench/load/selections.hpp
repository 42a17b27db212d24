#pragma once

// What GraphQL subscribers ask for: the fields of an event on `/ws`, in as many ways as are wanted.

#include <cstddef>
#include <string>
#include <string_view>

namespace rotacast::bench {

/// A `subscribe` message of graphql-transport-ws under the identifier `id`. It asks for every
/// update of the schedule, whatever the selection.
///
/// Two numbers below `selections_max` ask for two different texts of the same length: another order
/// of the fields, here an alias, there another filter that lets the same through.
[[nodiscard]] std::string subscribe_message(std::string_view id,
                                            std::string_view schedule_id,
                                            std::size_t selection);

inline constexpr std::size_t selections_max = 40320;  // 8!

/// The document that it asks with.
[[nodiscard]] std::string document_of(std::size_t selection);

}  // namespace rotacast::bench

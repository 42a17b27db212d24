#pragma once

// Who may do what: one table, consulted at subscribe and again for each recipient of each event.

#include "auth/principal.hpp"

#include <optional>
#include <string_view>

namespace rotacast::auth {

/// `strict` is the default; `open` is the original's: everybody may watch everybody.
enum class Policy : std::uint8_t { strict, open };

std::optional<Policy> parse_policy(std::string_view text);
std::string_view to_string(Policy policy);

/// Pure, any thread, no allocation. `person` is the topic: a user id or a person id.
bool may_watch_person(Policy policy, const Principal& principal, const Uuid& person);

/// Any active user may; a Principal is one.
bool may_watch_schedule(Policy policy, const Principal& principal, const Uuid& schedule);

/// May publish events.
bool may_publish(Role role);

/// May inspect and repair operation: dead letters, deliveries, statistics of others.
bool may_operate(Role role);

/// May take the server out of service.
bool may_end_server(Role role);

}  // namespace rotacast::auth

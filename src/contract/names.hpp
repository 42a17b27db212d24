#pragma once

// Names of schemas. Code generators turn each into a PascalCase identifier, and each file name that
// they make of it may meet a file system without upper case: so the names are PascalCase already
// and differ by more than case. `ScheduleUpdated` is what back ends publish,
// `ClientScheduleUpdated` what a classic connection is sent, `V1ScheduleUpdated` what one of
// rotacast.v1 is sent.

#include "reflect/naming.hpp"

#include <string>
#include <string_view>

namespace rotacast::contract {

/// `schedule_updated` -> `ScheduleUpdated`; `ACGMEViolationDetected` stays as it is.
std::string pascal(std::string_view name);

/// An event as it is published, or delivered to webhooks.
std::string event_name(std::string_view type);

/// A message to a classic connection.
std::string client_message_name(std::string_view type,
                                reflect::Naming naming = reflect::Naming::snake);

/// The body of `POST /api/v1/broadcast/{type}`.
std::string broadcast_name(std::string_view type);

std::string classic_command_name(std::string_view action);
std::string v1_command_name(std::string_view action);
std::string v1_message_name(std::string_view type);

}  // namespace rotacast::contract

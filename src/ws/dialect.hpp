#pragma once

// Encodes client events for `/ws`: the classic dialect, in the snake_case of the original or in the
// camelCase of its later version. Key order and number format are those of the original (wire
// specification §1.6); timestamps are RFC 3339 with milliseconds and `Z`.

#include "base/time.hpp"
#include "events/client_events.hpp"
#include "hub/publication.hpp"
#include "reflect/naming.hpp"

#include <string>

namespace rotacast::ws {

using reflect::Naming;

void append_classic(std::string& out, const hub::Publication& publication, Naming naming);

std::string connection_ack(const Uuid& user, Timestamp now, Naming naming);
std::string pong(Timestamp now, Naming naming);

}  // namespace rotacast::ws

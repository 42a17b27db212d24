#pragma once

// How client events are spelled on `/ws`: the classic dialect, in the seed's snake_case and in the
// later snapshot's camelCase. Key order and number forms are those of the original (wire
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

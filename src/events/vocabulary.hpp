#pragma once

// What every file of event types needs, so that such a file holds event types alone.
//
// An event type is an aggregate of described members with two constants: `type`, its name on
// every wire, and `aggregate`, the kind of thing it happened to. When a publisher names no
// aggregate_id, the first member stands for it if its name ends in `_id`.
// Identifiers of domain events are free text, as in the original; screens see those that are UUIDs.

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "reflect/describe.hpp"
#include "reflect/json.hpp"

#include <boost/mp11/list.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::events {

namespace json = boost::json;
using boost::mp11::mp_list;

}  // namespace rotacast::events

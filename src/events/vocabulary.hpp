#pragma once

// Common includes and names for the files of event types.
//
// An event type is an aggregate of described members with two constants: `type`, its name in every
// protocol, and `aggregate`, the kind of thing that it happened to. If a publisher gives no
// aggregate_id, the first member is used, provided that its name ends in `_id`. Identifiers of
// domain events are free text, as in the original; clients are shown only events whose identifiers
// are UUIDs.

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

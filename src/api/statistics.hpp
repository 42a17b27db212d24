#pragma once

// Collects the figures of live/server_statistics.hpp.

#include <boost/asio/awaitable.hpp>

#include "live/server_statistics.hpp"
#include "live/server_status.hpp"
#include "net/loops.hpp"

namespace rotacast::api {

/// Asks the loops and the dispatcher; continues on the caller's loop. Figures of handlers are
/// missing if the dispatcher cannot read its store. `status` outlives it.
net::asio::awaitable<live::ServerStatistics> collect_statistics(live::ServerStatus& status);

}  // namespace rotacast::api

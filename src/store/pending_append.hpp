#pragma once

// A request on its way to the writer, with all the work done that the writer need not do.

#include "bus/journal.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace rotacast::store {

struct PendingAppend {
    bus::AppendRequest request;
    std::vector<std::string> bodies;  ///< JSON, one per envelope; every envelope has an event id
    std::size_t bytes = 0;            ///< of the bodies
    /// What is stored with each envelope that gets a place; the writer fills it in.
    std::vector<bus::KnownPtr> known = {};
    bus::Journal::Done done;

    std::size_t entries() const { return bodies.size(); }
};

/// Refuses empty requests and envelopes without an event id; otherwise encodes.
Result<PendingAppend> prepare(bus::AppendRequest request);

}  // namespace rotacast::store

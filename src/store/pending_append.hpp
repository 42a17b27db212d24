#pragma once

// A request on its way to the writer. The caller's thread has done the encoding.

#include "bus/journal.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace rotacast::store {

struct PendingAppend {
    bus::AppendRequest request;
    std::vector<std::string> bodies;  ///< JSON, one per envelope; every envelope has an event id
    std::size_t bytes = 0;            ///< of the bodies
    /// What is stored with each new entry; filled in by the writer.
    std::vector<bus::KnownPtr> known = {};
    bus::Journal::Done done;

    std::size_t entries() const { return bodies.size(); }
};

/// Encodes the request. Refuses empty requests and envelopes without an event id.
Result<PendingAppend> prepare(bus::AppendRequest request);

}  // namespace rotacast::store

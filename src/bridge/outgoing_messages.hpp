#pragma once

// From entries of the journal to the messages that go out.

#include "bridge/channel.hpp"
#include "bus/journal.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rotacast::bridge {

struct OutgoingMessage {
    bus::Offset offset = 0;
    std::uint32_t part = 0;  ///< counts the messages of one entry
    Channel channel{};
    std::string payload;
    Uuid id;        ///< message_id()
    Uuid event_id;  ///< of the entry's event
};

struct PrepareOptions {
    /// Of payloads in one call; the entry that exceeds it is left for the next.
    std::size_t bytes_max = 1 << 20;
    /// What has been in the journal for longer is not news, and a subscriber takes all for news.
    std::chrono::milliseconds age_max = std::chrono::minutes(10);
};

struct Prepared {
    std::vector<OutgoingMessage> messages;
    bus::Offset up_to = 0;   ///< the last entry that was looked at; 0: the batch was empty
    std::uint64_t late = 0;  ///< messages left out because of their age
};

/// Pure. Leaves out what came in over the bridge.
Prepared prepare(const bus::EntryBatch& batch,
                 const Channels& channels,
                 Timestamp now,
                 const PrepareOptions& options = {});

}  // namespace rotacast::bridge

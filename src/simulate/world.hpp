#pragma once

// What all that is simulated shares.

#include "simulate/dice.hpp"
#include "simulate/ledger.hpp"
#include "simulate/redis_process.hpp"
#include "simulate/virtual_time.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rotacast::simulate {

struct World {
    World(std::uint64_t seed, bool tracing) : dice(seed), ledger(time, tracing) {}
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    VirtualTime time;
    Dice dice;
    Ledger ledger;
    /// The one that nodes find last; the others are former ones. None is destroyed before the end,
    /// because what was sent to them may still arrive.
    std::vector<std::unique_ptr<RedisProcess>> redis;
    std::uint64_t last_uuid = 0;
    bool rough = false;  ///< disks are slow more often

    Time between(std::int64_t low_ms, std::int64_t high_ms) {
        return Time(dice.between(low_ms * 1000, high_ms * 1000));
    }
    Uuid uuid() {
        Uuid made;
        auto number = ++last_uuid;
        for (std::size_t i = 0; i < 8; ++i, number >>= 8)
            made.bytes[15 - i] = static_cast<std::uint8_t>(number & 0xff);
        return made;
    }
};

}  // namespace rotacast::simulate

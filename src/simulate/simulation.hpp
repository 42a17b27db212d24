#pragma once

// One run: nodes, publishers and readers on a Redis that fails, in virtual time. It depends on the
// seed alone. It holds that
//
//   - nothing is lost that a publisher was answered for, and nothing is twice in the order;
//   - all nodes have the same order, and one cursor names one event for everybody, ever;
//   - a reader is shown each event once and in the order, or is told of a gap;
//   - soon after the last fault all nodes are online, with empty outboxes and the same entries;
//   - trimming drops nothing that a node with a lease has not stored.

#include "simulate/faults.hpp"
#include "simulate/people.hpp"
#include "simulate/world.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::simulate {

/// Defects that can be planted: what the simulator must find.
std::span<const std::string_view> planted_faults();

struct Outcome {
    std::optional<std::string> violation;
    std::vector<std::string> trace;  ///< if it was asked for
    std::size_t entries = 0;
    std::size_t promised = 0;
    std::size_t epochs = 0;  ///< after the first
};

struct Settings {
    std::string_view fault = {};  ///< one of planted_faults(), or empty
    bool rough = false;           ///< more goes wrong, and disks are slower
    bool tracing = false;         ///< changes nothing but the time it takes
};

Outcome simulate(std::uint64_t seed, const Settings& settings = {});

/// Runs seeds from `first` on, up to `count`; the first one with a violation, or nullopt.
std::optional<std::uint64_t> find_violation(std::uint64_t first,
                                            std::uint64_t count,
                                            const Settings& settings = {});

}  // namespace rotacast::simulate

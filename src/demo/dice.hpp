#pragma once

// Random choices that are the same on every machine for one seed. The C++ standard fixes the
// results of its engines, but not those of its distributions, so these are not used.

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace rotacast::demo {

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    /// A number from 0 to below - 1. `below` must be positive. The bias is at most below / 2^64:
    /// negligible.
    std::size_t pick(std::size_t below) { return static_cast<std::size_t>(engine_() % below); }

    /// True with a probability of `percent` in a hundred.
    bool chance(std::size_t percent) { return pick(100) < percent; }

    /// An element of a container that is not empty.
    template <class Container>
    const auto& one_of(const Container& container) {
        return container[pick(container.size())];
    }

  private:
    std::mt19937_64 engine_;
};

}  // namespace rotacast::demo

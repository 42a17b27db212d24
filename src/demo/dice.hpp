#pragma once

// Chance for the demo that falls alike on every machine: the standard's engines are fixed by the
// standard, its distributions are not.

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace rotacast::demo {

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    /// 0 to below - 1. `below` must be positive. The bias is below's share of 2^64: none to see.
    std::size_t pick(std::size_t below) { return static_cast<std::size_t>(engine_() % below); }

    /// True `percent` times in a hundred.
    bool chance(std::size_t percent) { return pick(100) < percent; }

    /// One of a container that is not empty.
    template <class Container>
    const auto& one_of(const Container& container) {
        return container[pick(container.size())];
    }

  private:
    std::mt19937_64 engine_;
};

}  // namespace rotacast::demo

#pragma once

// Random numbers that depend on the seed alone, on every machine: the standard's distributions do
// not promise that.

#include <cstddef>
#include <cstdint>
#include <string>

namespace rotacast::simulate {

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        auto z = state_ += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

    /// 0 to `bound` - 1; `bound` is not 0.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
    }
    bool one_in(std::uint64_t n) { return below(n) == 0; }

  private:
    std::uint64_t state_;
};

}  // namespace rotacast::simulate

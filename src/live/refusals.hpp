#pragma once

// Counts the errors that clients were given, on any transport, by error code.

#include "base/error.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace rotacast::live {

/// Thread: any, relaxed.
class Refusals {
  public:
    void count(ErrorCode code) noexcept {
        by_code_[static_cast<std::size_t>(code) % size].fetch_add(1, std::memory_order_relaxed);
    }
    std::uint64_t of(ErrorCode code) const noexcept {
        return by_code_[static_cast<std::size_t>(code) % size].load(std::memory_order_relaxed);
    }

  private:
    static constexpr std::size_t size = 1024;  // codes are 1000 to 2023
    std::array<std::atomic<std::uint64_t>, size> by_code_{};
};

}  // namespace rotacast::live

#pragma once

#include <atomic>
#include <cstdint>

namespace rotacast {

/// Written by one thread, read by any. add() costs a load and a store, no locked instruction.
class Counter {
  public:
    void add(std::uint64_t count = 1) noexcept { set(value() + count); }
    void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

}  // namespace rotacast

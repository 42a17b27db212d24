#pragma once

#include <cstdint>

namespace rotacast::bench {

/// What one client has seen of a stream numbered 1, 2, 3, …: each number once and in order, or what
/// is wrong with it. One that comes late counts as skipped when it was passed over and as repeated
/// when it came, so neither is 0 when the order is broken.
class SequenceCheck {
  public:
    void saw(std::uint64_t number) {
        ++seen_;
        if (number <= last_) {
            ++repeated_;
            return;
        }
        skipped_ += number - last_ - 1;
        last_ = number;
    }

    [[nodiscard]] std::uint64_t last() const { return last_; }
    [[nodiscard]] std::uint64_t seen() const { return seen_; }
    [[nodiscard]] std::uint64_t skipped() const { return skipped_; }
    [[nodiscard]] std::uint64_t repeated() const { return repeated_; }

  private:
    std::uint64_t last_ = 0;
    std::uint64_t seen_ = 0;
    std::uint64_t skipped_ = 0;
    std::uint64_t repeated_ = 0;
};

}  // namespace rotacast::bench

#pragma once

#include <cstdint>

namespace rotacast::bench {

/// Checks a stream numbered 1, 2, 3, … as one client sees it: each number must come once and in
/// order. A number that comes late counts as skipped when it was passed over and as repeated when
/// it arrived, so neither count is 0 if the order is wrong.
class SequenceCheck {
  public:
    void add(std::uint64_t number) {
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

#pragma once

// Counts how clients that were away were brought up to date, and the gaps that clients were told
// because of the journal.

#include "live/server_statistics.hpp"
#include "ws/v1_dialect.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace rotacast::live {

/// Thread: any, relaxed.
class ResumeCounters {
  public:
    /// A catch-up has ended; `gap`: why events are missing, if any are.
    void count_resume(const std::optional<ws::v1::GapReason>& gap) noexcept {
        gap ? add(resumes_[index(*gap)]) : add(complete_);
        if (gap) count_gap(*gap);
    }
    void count_gap(ws::v1::GapReason reason) noexcept { add(gaps_[index(reason)]); }

    CountByLabel resumes() const {
        auto counts = by_reason(resumes_);
        counts["complete"] = value(complete_);
        return counts;
    }
    CountByLabel gaps() const { return by_reason(gaps_); }

  private:
    using Count = std::atomic<std::uint64_t>;
    using Counts = std::array<Count, static_cast<std::size_t>(ws::v1::GapReason::superseded) + 1>;

    static std::size_t index(ws::v1::GapReason reason) { return static_cast<std::size_t>(reason); }
    static void add(Count& count) noexcept { count.fetch_add(1, std::memory_order_relaxed); }
    static std::int64_t value(const Count& count) {
        return static_cast<std::int64_t>(count.load(std::memory_order_relaxed));
    }
    static CountByLabel by_reason(const Counts& counts) {
        CountByLabel out;
        for (std::size_t i = 0; i < counts.size(); ++i)
            if (const auto count = value(counts[i]); count > 0)
                out[std::string(to_string(static_cast<ws::v1::GapReason>(i)))] = count;
        return out;
    }

    Count complete_{0};
    Counts resumes_{};
    Counts gaps_{};
};

}  // namespace rotacast::live

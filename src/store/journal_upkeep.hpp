#pragma once

// What a journal's writer does between batches: retention by slices, storing what is known of
// things, and the times at which a journal that could not be written is tried again.

#include "bus/retention_clock.hpp"
#include "store/journal_file.hpp"
#include "store/journal_view.hpp"

#include <chrono>
#include <functional>
#include <optional>

namespace rotacast::store {

struct UpkeepOptions {
    Retention retention;
    // How often retention runs, and how often a journal that could not write retries.
    std::chrono::milliseconds interval{1000};
    std::function<Timestamp()> clock = [] { return now(); };
    std::function<bus::SteadyTime()> steady = [] { return std::chrono::steady_clock::now(); };
};

/// Thread: the writer's.
class JournalUpkeep {
  public:
    /// `file` and `view` outlive it.
    JournalUpkeep(JournalFile& file, JournalView& view, UpkeepOptions options);

    /// After the file was opened, before the rest.
    Result<void> start();

    /// There is more to drop at once: do not wait.
    bool has_more() const { return more_; }
    /// When it is due again at the latest.
    std::chrono::steady_clock::time_point next() const { return next_; }

    /// Whether it is time for trim() or, if the journal is not writable, for another try.
    bool is_due(bool writable);

    /// One slice. After an error that is not the disk's the next interval tries again; see
    /// JournalFile::has_failed().
    void trim();

  private:
    Timestamp time();

    JournalFile& file_;
    JournalView& view_;
    const UpkeepOptions options_;
    bool more_ = true;
    std::optional<bus::RetentionClock> clock_;
    std::chrono::steady_clock::time_point next_;
};

}  // namespace rotacast::store

#include "store/journal_upkeep.hpp"

#include <utility>

namespace rotacast::store {
namespace {

constexpr std::int64_t trim_slice = 1'000;
constexpr std::size_t facts_slice = 1'000;

}  // namespace

JournalUpkeep::JournalUpkeep(JournalFile& file, JournalView& view, UpkeepOptions options)
    : file_(file),
      view_(view),
      options_(std::move(options)),
      next_(std::chrono::steady_clock::now()) {}

Result<void> JournalUpkeep::start() {
    const auto newest = file_.table().newest();
    if (!newest) return newest.error();
    const auto noted = file_.keeper().noted_time();
    clock_.emplace(noted ? noted : *newest);
    return {};
}

bool JournalUpkeep::is_due(bool writable) {
    const auto& retention = options_.retention;
    const auto& extent = file_.extent();
    const auto entries = extent.last + 1 - extent.first;
    const bool over = (retention.entries_max > 0 && entries > retention.entries_max) ||
                      (retention.bytes_max > 0 && extent.bytes > retention.bytes_max);
    const auto time = std::chrono::steady_clock::now();
    const bool due = time >= next_;
    if (!due && !(writable && (over || more_))) return false;
    if (due) next_ = time + options_.interval;
    more_ = false;
    return true;
}

void JournalUpkeep::trim() {
    auto& table = file_.table();
    auto kept = table.trim(file_.extent(), options_.retention, time(), trim_slice, more_);
    if (!kept) return;
    file_.extent() = std::move(*kept);
    view_.show(file_.extent());
    kept = table.keep_facts_behind(file_.extent(), facts_slice);
    if (kept) file_.extent() = std::move(*kept);
}

Timestamp JournalUpkeep::time() {
    const auto steady = options_.steady();
    const auto time = clock_->look(options_.clock(), steady);
    file_.keeper().note_time(time);
    return time;
}

}  // namespace rotacast::store

#include "store/recent_entries.hpp"

#include <algorithm>

namespace rotacast::store {
namespace {

bus::Offset first_of(const bus::EntryBatch& batch) {
    return batch.entries.front().offset;
}
bus::Offset last_of(const bus::EntryBatch& batch) {
    return batch.entries.back().offset;
}

}  // namespace

void RecentEntries::add(bus::EntryBatchPtr batch, std::size_t bytes) {
    if (batch->entries.empty()) return;
    const std::scoped_lock lock(mutex_);
    entries_ += batch->entries.size();
    bytes_ += bytes;
    held_.push_back({std::move(batch), bytes});
    while (!held_.empty() && (entries_ > entries_max_ || bytes_ > bytes_max_)) {
        entries_ -= held_.front().batch->entries.size();
        bytes_ -= held_.front().bytes;
        held_.pop_front();
    }
}

bus::EntryBatchPtr RecentEntries::read(bus::Offset after, std::size_t limit) const {
    std::vector<bus::EntryBatchPtr> sources;  // so that nothing is copied under the lock
    {
        const std::scoped_lock lock(mutex_);
        if (held_.empty() || after + 1 < first_of(*held_.front().batch)) return nullptr;
        auto from = std::ranges::partition_point(
            held_, [after](const Held& held) { return last_of(*held.batch) <= after; });
        for (std::size_t count = 0; from != held_.end() && count < limit; ++from) {
            const auto start = std::max(after + 1, first_of(*from->batch));
            count += static_cast<std::size_t>(last_of(*from->batch) - start + 1);
            sources.push_back(from->batch);
        }
    }
    // The usual reader asks for exactly what was stored together.
    if (sources.size() == 1 && first_of(*sources.front()) == after + 1 &&
        sources.front()->entries.size() <= limit)
        return sources.front();
    auto result = std::make_shared<bus::EntryBatch>();
    for (const auto& source : sources) {
        result->epoch = source->epoch;
        for (const auto& entry : source->entries) {
            if (entry.offset <= after) continue;
            if (result->entries.size() == limit) return result;
            result->entries.push_back(entry);
        }
    }
    return result;
}

}  // namespace rotacast::store

#include "store/tail_feed.hpp"

#include <utility>

namespace rotacast::store {
namespace {

constexpr std::size_t entries_per_batch = 4'096;

bus::EntryBatchPtr entries_after(bus::Offset position, const bus::EntryBatch& batch) {
    auto rest = std::make_shared<bus::EntryBatch>(batch);
    std::erase_if(rest->entries,
                  [position](const bus::Entry& entry) { return entry.offset <= position; });
    return rest;
}

}  // namespace

void TailFeed::publish(bus::EntryBatchPtr entries) {
    if (entries->entries.empty()) return;
    const auto last = entries->entries.back().offset;
    if (last <= published_) return view_.show(file_.extent());
    if (entries->entries.front().offset <= published_)
        entries = entries_after(published_, *entries);
    published_ = last;
    file_.keeper().note_seen(last);
    view_.show(file_.extent());
    if (tail_) tail_(std::move(entries));
}

bool TailFeed::publish_up_to(bus::Offset last) {
    while (published_ < last) {
        auto batch = view_.read(published_, entries_per_batch);
        if (!batch || (*batch)->entries.empty()) return false;
        publish(std::move(*batch));
    }
    return true;
}

void TailFeed::announce() {
    const auto& extent = file_.extent();
    published_ = extent.last;
    if (tail_)
        tail_(std::make_shared<const bus::EntryBatch>(
            bus::EntryBatch{.epoch = extent.epoch, .entries = {}, .last = extent.last}));
}

}  // namespace rotacast::store

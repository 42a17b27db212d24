#include "live/history.hpp"

#include "net/offload.hpp"
#include "projection/projector.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::live {

History::History(net::JobQueue& queue, const hub::Encodings& encodings, bus::Journal& journal)
    : History(queue, encodings, [&journal](events::Offset after, std::size_t limit) {
          return projection::read_publications(journal, after, limit);
      }) {}

void History::read(const events::Cursor& after, net::Loop& loop, Done done) {
    net::offload(
        queue_, loop, [this, after] { return block_behind(after); }, std::move(done));
}

Result<hub::PublicationBatchPtr> History::block_behind(const events::Cursor& after) {
    const auto whole = after.position.whole_entries();
    const auto start = whole - whole % block_entries;
    if (auto kept = find(after.epoch, start)) return kept;
    auto range = read_(start, block_entries);
    if (!range) return range.error();
    if (range->epoch != after.epoch)
        return Error{ErrorCode::unavailable, "The journal has begun another epoch.", ""};
    auto block = std::make_shared<const hub::PublicationBatch>(std::move(*range), encodings_);
    if (block->after() == start && block->up_to() == start + block_entries) keep(block);
    return hub::PublicationBatchPtr(std::move(block));
}

hub::PublicationBatchPtr History::find(const std::string& epoch, events::Offset start) {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find_if(kept_, [&](const auto& block) {
        return block->after() == start && block->epoch() == epoch;
    });
    if (found == kept_.end()) return nullptr;
    kept_.splice(kept_.begin(), kept_, found);
    return kept_.front();
}

void History::keep(const hub::PublicationBatchPtr& block) {
    if (block->bytes() > bytes_kept) return;
    const std::scoped_lock lock(mutex_);
    kept_.push_front(block);
    bytes_ += block->bytes();
    while (kept_.size() > blocks_kept || bytes_ > bytes_kept) {
        bytes_ -= kept_.back()->bytes();
        kept_.pop_back();
    }
}

}  // namespace rotacast::live

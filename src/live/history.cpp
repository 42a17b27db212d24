#include "live/history.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::live {

void History::read(const events::Cursor& after, net::Loop& loop, Done done) {
    net::asio::post(workers_, [this, after, &loop, done = std::move(done)]() mutable {
        auto block = block_behind(after);
        loop.post([done = std::move(done), block = std::move(block)]() mutable {
            done(std::move(block));
        });
    });
}

Result<hub::PublicationBatchPtr> History::block_behind(const events::Cursor& after) {
    const auto whole = after.place.whole_entries();
    const auto start = whole - whole % block_entries;
    if (auto kept = find(after.epoch, start)) return kept;
    auto stretch = read_(start, block_entries);
    if (!stretch) return stretch.error();
    if (stretch->epoch != after.epoch)
        return Error{ErrorCode::unavailable, "The journal has begun another epoch.", ""};
    auto block = std::make_shared<const hub::PublicationBatch>(std::move(*stretch), forms_);
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
    const std::scoped_lock lock(mutex_);
    kept_.push_front(block);
    if (kept_.size() > blocks_kept) kept_.pop_back();
}

}  // namespace rotacast::live

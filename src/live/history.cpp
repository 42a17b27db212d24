#include "live/history.hpp"

#include "projection/projector.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::live {

History::History(net::asio::any_io_executor workers,
                 const hub::WireForms& forms,
                 bus::Journal& journal)
    : History(std::move(workers), forms, [&journal](events::Offset after, std::size_t limit) {
          return projection::read_publications(journal, after, limit);
      }) {}

void History::read(events::Offset after, net::Loop& loop, Done done) {
    net::asio::post(workers_, [this, after, &loop, done = std::move(done)]() mutable {
        auto block = block_behind(after);
        loop.post([done = std::move(done), block = std::move(block)]() mutable {
            done(std::move(block));
        });
    });
}

Result<hub::PublicationBatchPtr> History::block_behind(events::Offset after) {
    const auto start = after - after % block_entries;
    if (auto kept = find(start)) return kept;
    auto stretch = read_(start, block_entries);
    if (!stretch) return stretch.error();
    auto block = std::make_shared<const hub::PublicationBatch>(std::move(*stretch), forms_);
    if (block->after() == start && block->up_to() == start + block_entries) keep(block);
    return hub::PublicationBatchPtr(std::move(block));
}

hub::PublicationBatchPtr History::find(events::Offset start) {
    const std::scoped_lock lock(mutex_);
    const auto found =
        std::ranges::find_if(kept_, [&](const auto& block) { return block->after() == start; });
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

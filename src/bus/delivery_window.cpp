#include "bus/delivery_window.hpp"

#include <algorithm>

namespace rotacast::bus {

void DeliveryWindow::start_at(Offset position) {
    slots_.clear();
    bytes_ = 0;
    read_ = position;
}

void DeliveryWindow::add(Offset entry, const EntryBatch& batch) {
    const bool is_new = slots_.empty() || slots_.back().batch != &batch;
    if (is_new)
        bytes_ += batch.bytes;
    else
        slots_.back().bytes = 0;
    slots_.push_back({entry, false, &batch, batch.bytes});
}

void DeliveryWindow::mark_done(Offset entry) {
    const auto found = std::ranges::lower_bound(slots_, entry, {}, &Slot::offset);
    if (found != slots_.end() && found->offset == entry) found->done = true;
}

void DeliveryWindow::drop_done() {
    while (!slots_.empty() && slots_.front().done) {
        bytes_ -= slots_.front().bytes;
        slots_.pop_front();
    }
}

bool DeliveryWindow::has_room_for(const EntryBatch& batch, std::size_t bytes_max) const {
    return slots_.empty() || slots_.back().batch == &batch || bytes_ < bytes_max;
}

}  // namespace rotacast::bus

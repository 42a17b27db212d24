#pragma once

// What one batch of events is to one connection: the results of all its operations, as one frame.

#include "hub/publication_batch.hpp"
#include "hub/subscriber.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

namespace rotacast::execution {

/// Between two flushes everything is of one batch. Thread: its connection's.
class Outbox {
  public:
    bool empty() const { return !filling_; }

    /// Where the caller appends the bytes of publication `index`.
    std::string& bytes_for(const hub::Taken& taken, std::uint32_t index) {
        if (!filling_) {
            filling_ = std::make_shared<Filling>();
            filling_->slice.batch = taken.batch;
            filling_->slice.form = hub::as_publications;
        }
        auto& indexes = filling_->slice.indexes;
        const auto at = std::ranges::lower_bound(indexes, index);
        if (at == indexes.end() || *at != index) {
            indexes.insert(at, index);
            filling_->slice.before = taken.batch->place_before(indexes.front());
            filling_->slice.last = taken.batch->publications()[indexes.back()].place;
        }
        return filling_->bytes;
    }

    /// All of it. Not when empty().
    hub::Frame take() {
        std::shared_ptr<const Filling> full = std::move(filling_);
        filling_ = nullptr;
        const auto& [slice, bytes] = *full;
        return {full, bytes, &slice};
    }

  private:
    struct Filling {
        hub::Slice slice;
        std::string bytes;
    };

    std::shared_ptr<Filling> filling_;
};

}  // namespace rotacast::execution

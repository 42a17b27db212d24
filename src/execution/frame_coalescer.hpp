#pragma once

// Collects the results of all operations of one connection for one batch of events as one frame.

#include "hub/publication_batch.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::execution {

/// Between two calls of take() all frames are from one batch. Thread: its connection's.
class FrameCoalescer {
  public:
    bool empty() const { return !filling_; }

    /// Copies a frame that has publications; if that throws, nothing of it is added.
    void append(const hub::Frame& frame) {
        if (!filling_) {
            auto filling = std::make_shared<Filling>();
            filling->slice = *frame.slice;
            filling->bytes = frame.bytes;
            filling_ = std::move(filling);
            return;
        }
        auto together = indexes_with(*frame.slice);
        filling_->bytes += frame.bytes;
        auto& slice = filling_->slice;
        slice.indexes = std::move(together);
        slice.before = std::min(slice.before, frame.slice->before);
        slice.last = std::max(slice.last, frame.slice->last);
    }

    /// Returns everything appended and becomes empty. Must not be empty() before.
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

    std::vector<std::uint32_t> indexes_with(const hub::Slice& more) const {
        std::vector<std::uint32_t> together;
        std::ranges::set_union(filling_->slice.indexes, more.indexes, std::back_inserter(together));
        return together;
    }

    std::shared_ptr<Filling> filling_;
};

}  // namespace rotacast::execution

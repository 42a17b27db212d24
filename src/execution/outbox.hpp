#pragma once

// What one batch of events is to one connection: the results of all its operations, as one frame.

#include "hub/publication_batch.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::execution {

/// Between two flushes everything is of one batch. Thread: its connection's.
class Outbox {
  public:
    bool empty() const { return !filling_; }

    /// Copies a frame that spells publications.
    void append(const hub::Frame& frame) {
        if (!filling_) {
            filling_ = std::make_shared<Filling>();
            filling_->slice = *frame.slice;
        } else {
            add(*frame.slice);
        }
        filling_->bytes += frame.bytes;
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

    void add(const hub::Slice& more) {
        auto& slice = filling_->slice;
        std::vector<std::uint32_t> together;
        std::ranges::set_union(slice.indexes, more.indexes, std::back_inserter(together));
        slice.indexes = std::move(together);
        slice.before = std::min(slice.before, more.before);
        slice.last = std::max(slice.last, more.last);
    }

    std::shared_ptr<Filling> filling_;
};

}  // namespace rotacast::execution

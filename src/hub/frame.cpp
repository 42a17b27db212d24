#include "hub/frame.hpp"

#include "hub/publication_batch.hpp"

#include <optional>

namespace rotacast::hub {
namespace {

struct Kept {
    std::string bytes;
    std::optional<Slice> slice;
};

}  // namespace

Frame Frame::kept() const {
    if (owner || bytes.empty()) return {owner, bytes, slice};
    auto copy = std::make_shared<Kept>();
    copy->bytes = bytes;
    if (slice) copy->slice = *slice;
    const auto& [text, of] = *copy;
    return {copy, text, of ? &*of : nullptr};
}

}  // namespace rotacast::hub

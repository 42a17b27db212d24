#include "hub/publication_batch.hpp"

#include <utility>

namespace rotacast::hub {
namespace {

// A view keeps the whole batch alive; worth it only if the view is at least this part (1/4) of it.
constexpr std::size_t view_part = 4;

/// What a frame keeps alive: the batch or a copy of the bytes.
struct Sliced {
    Slice slice;
    PublicationBatchPtr batch;
    std::string copy;
};

}  // namespace

PublicationBatch::PublicationBatch(JournalRange range, const Encodings& encodings)
    : range_(std::move(range)), encodings_(encodings) {}

events::Position PublicationBatch::position_before(std::uint32_t index) const {
    if (index == 0) return {range_.after};
    return range_.publications[index - 1].position;
}

// Not std::call_once: libstdc++ makes it of pthread_once, and whether the next caller gets past an
// exception in the callback depends on the platform's; under ThreadSanitizer it waits forever.
const PublicationBatch::Encoded& PublicationBatch::encoded(EncodingId form) const {
    auto& slot = encoded_[form];
    if (slot.ready.load(std::memory_order_acquire)) return slot;
    const std::scoped_lock lock(slot.mutex);
    if (slot.ready.load(std::memory_order_relaxed)) return slot;
    constexpr std::size_t typical_frame_bytes = 384;
    std::string bytes;
    std::vector<std::size_t> ends;
    bytes.reserve(publications().size() * typical_frame_bytes);
    ends.reserve(publications().size());
    for (const auto& publication : publications()) {
        encodings_[form](publication, bytes);
        ends.push_back(bytes.size());
    }
    slot.bytes = std::move(bytes);
    slot.ends = std::move(ends);
    slot.ready.store(true, std::memory_order_release);
    return slot;
}

Frame PublicationBatch::frame(EncodingId form, std::span<const std::uint32_t> indexes) const {
    const auto& source = encoded(form);
    const std::string_view bytes = source.bytes;
    const auto begin_of = [&](std::uint32_t i) { return i == 0 ? 0 : source.ends[i - 1]; };
    const auto cut = [&](std::uint32_t first, std::uint32_t last) {
        return bytes.substr(begin_of(first), source.ends[last] - begin_of(first));
    };
    auto sliced = std::make_shared<Sliced>();
    sliced->slice = {.batch = weak_from_this(),
                     .indexes = {indexes.begin(), indexes.end()},
                     .form = form,
                     .before = position_before(indexes.front()),
                     .last = publications()[indexes.back()].position};
    const Slice* slice = &sliced->slice;
    if (indexes.back() - indexes.front() + 1 == indexes.size()) {
        const auto view = cut(indexes.front(), indexes.back());
        if (view.size() * view_part >= bytes.size()) {
            sliced->batch = shared_from_this();
            return {std::move(sliced), view, slice};
        }
    }
    for (const auto i : indexes) sliced->copy += cut(i, i);
    const std::string_view copy = sliced->copy;
    return {std::move(sliced), copy, slice};
}

}  // namespace rotacast::hub

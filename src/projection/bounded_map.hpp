#pragma once

// A map with a bounded number of keys that evicts the oldest.

#include "events/cursor.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace rotacast::projection {

/// A map of the `keys_max` most recently put keys; each entry has the offset of its put. When full,
/// a new key evicts the one that was put longest ago. Offsets never decrease. Memory: `keys_max`
/// keys and values; slots are reused and never moved. Thread: one at a time.
template <class T>
class BoundedMap {
  public:
    explicit BoundedMap(std::size_t keys_max) : keys_max_(keys_max) {}
    BoundedMap(const BoundedMap&) = delete;
    BoundedMap& operator=(const BoundedMap&) = delete;

    /// Valid until the next put() or clear().
    const T* find(std::string_view key) const {
        const auto found = slot_by_key_.find(key);
        return found == slot_by_key_.end() ? nullptr : &slots_[found->second].value;
    }

    void put(std::string_view key, T value, events::Offset offset) {
        if (keys_max_ == 0) return;
        const auto found = slot_by_key_.find(key);
        const auto slot = found == slot_by_key_.end() ? add(key) : found->second;
        if (found != slot_by_key_.end()) unlink(slot);
        slots_[slot].value = std::move(value);
        slots_[slot].offset = offset;
        link_as_newest(slot);
    }

    void clear() {
        slot_by_key_.clear();
        slots_.clear();
        oldest_ = newest_ = first_unkept_ = visited_ = none;
    }

    std::size_t size() const { return slot_by_key_.size(); }
    bool is_full() const { return size() == keys_max_; }

    /// The offset of the key that is evicted next; 0 if the map is empty.
    events::Offset oldest_offset() const { return oldest_ == none ? 0 : slots_[oldest_].offset; }

    /// Calls visit(value) for the slots `from` to `from + count`, in no particular order. Returns
    /// false if no slots follow these. put() may be called between two steps.
    template <class Visit>
    bool visit_slots(std::size_t from, std::size_t count, Visit visit) const {
        for (std::size_t i = from; i < slots_.size() && i < from + count; ++i)
            visit(slots_[i].value);
        return from + count < slots_.size();
    }

    /// Calls visit(key, value, offset) for keys put since the last keep_visited(), in the order of
    /// their offsets, until visit returns false.
    template <class Visit>
    void visit_unkept(Visit visit) {
        visited_ = first_unkept_;
        while (visited_ != none) {
            const auto& slot = slots_[visited_];
            if (!visit(std::string_view(slot.key), slot.value, slot.offset)) return;
            visited_ = slot.newer;
        }
    }
    /// Marks what the last visit_unkept() visited as kept. Do not call put() between the two.
    void keep_visited() { first_unkept_ = visited_; }

  private:
    using SlotId = std::uint32_t;
    static constexpr SlotId none = UINT32_MAX;

    struct Slot {
        std::string key;
        T value;
        events::Offset offset = 0;
        SlotId older = none;
        SlotId newer = none;
    };

    SlotId add(std::string_view key) {
        SlotId slot = oldest_;
        if (slots_.size() < keys_max_) {
            slot = static_cast<SlotId>(slots_.size());
            slots_.emplace_back();
        } else {
            unlink(slot);
            slot_by_key_.erase(slots_[slot].key);
        }
        slots_[slot].key = std::string(key);
        slot_by_key_.emplace(slots_[slot].key, slot);
        return slot;
    }

    void unlink(SlotId id) {
        auto& slot = slots_[id];
        if (first_unkept_ == id) first_unkept_ = slot.newer;
        (slot.older == none ? oldest_ : slots_[slot.older].newer) = slot.newer;
        (slot.newer == none ? newest_ : slots_[slot.newer].older) = slot.older;
    }

    void link_as_newest(SlotId id) {
        auto& slot = slots_[id];
        slot.older = newest_;
        slot.newer = none;
        (newest_ == none ? oldest_ : slots_[newest_].newer) = id;
        newest_ = id;
        if (first_unkept_ == none) first_unkept_ = id;
    }

    const std::size_t keys_max_;
    std::deque<Slot> slots_;
    std::unordered_map<std::string_view, SlotId> slot_by_key_;  // the keys point into the slots
    SlotId oldest_ = none;
    SlotId newest_ = none;
    SlotId first_unkept_ = none;
    SlotId visited_ = none;
};

}  // namespace rotacast::projection

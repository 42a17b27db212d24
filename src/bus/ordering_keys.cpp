#include "bus/ordering_keys.hpp"

#include <utility>

namespace rotacast::bus {

void OrderingKeys::set_rows(std::uint64_t key, std::int64_t rows) {
    keys_[key].rows = rows;
}

bool OrderingKeys::has_rows(std::uint64_t key) const {
    const auto found = keys_.find(key);
    return found != keys_.end() && found->second.rows > 0;
}

void OrderingKeys::add_row(std::uint64_t key) {
    ++keys_[key].rows;
}

bool OrderingKeys::remove_row(std::uint64_t id) {
    auto& key = keys_[id];
    if (--key.rows > 0) return true;
    if (key.unused()) keys_.erase(id);
    return false;
}

bool OrderingKeys::in_flight(std::uint64_t key) const {
    const auto found = keys_.find(key);
    return found != keys_.end() && found->second.in_flight > 0;
}

void OrderingKeys::begin_attempt(std::uint64_t key) {
    ++keys_[key].in_flight;
}

OrderingKeys::Held OrderingKeys::end_attempt(std::uint64_t id) {
    auto& key = keys_[id];
    if (--key.in_flight > 0) return {};
    auto held = std::exchange(key.held, {});
    if (held.empty() && key.unused()) keys_.erase(id);
    return held;
}

void OrderingKeys::hold(DeliveryAttemptPtr attempt) {
    auto& held = keys_[attempt->ordering_key].held;
    const auto offset = attempt->entry->offset;
    held.emplace(offset, std::move(attempt));
}

void OrderingKeys::forget_unused(std::uint64_t id) {
    const auto found = keys_.find(id);
    if (found != keys_.end() && found->second.unused()) keys_.erase(found);
}

}  // namespace rotacast::bus

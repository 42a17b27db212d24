#pragma once

// How values are stored in integer columns: times in milliseconds since 1970.

#include "bus/journal.hpp"
#include "store/sqlite.hpp"

namespace rotacast::store {

inline std::int64_t stored(Timestamp time) {
    return time.time_since_epoch().count();
}
inline std::optional<std::int64_t> stored(const std::optional<Timestamp>& time) {
    return time ? std::optional(stored(*time)) : std::nullopt;
}
inline std::int64_t stored(bus::Offset offset) {
    return static_cast<std::int64_t>(offset);
}
inline bus::Offset restored(std::int64_t offset) {
    return static_cast<bus::Offset>(offset);
}
inline Timestamp time_at(const Query& row, int column) {
    return Timestamp(std::chrono::milliseconds(row.integer(column)));
}
inline std::optional<Timestamp> optional_time_at(const Query& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(time_at(row, column));
}

}  // namespace rotacast::store

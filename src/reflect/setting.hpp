#pragma once

// Constraints on configuration values, given as the third element of a member in DESCRIBE:
//
//     (ping_interval_s, "Time between pings.", between(1, 3600))
//     (policy, "Who may watch whom.", one_of("strict|open"))

#include <cstdint>
#include <string_view>

namespace rotacast::reflect {

struct Constraint {
    std::int64_t min = 0;
    std::int64_t max = -1;     ///< below `min`: the value is not a number with bounds
    std::string_view choices;  ///< joined with `|`; empty: any text

    constexpr bool is_range() const { return min <= max; }
};

constexpr Constraint between(std::int64_t min, std::int64_t max) {
    return {min, max, {}};
}
constexpr Constraint one_of(std::string_view choices) {
    return {0, -1, choices};
}

}  // namespace rotacast::reflect

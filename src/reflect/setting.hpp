#pragma once

// Constraints on configuration values, given as the third element of a member in DESCRIBE:
//
//     (ping_interval_s, "Time between pings.", between(1, 3600))
//     (policy, "Who may watch whom.", one_of("strict|open"))

#include "reflect/describe.hpp"

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

template <class Owner, class T>
struct ConstrainedMember : Member<Owner, T> {
    Constraint constraint;
};

/// The overload that DESCRIBE selects if a member's third element is a Constraint.
template <class Owner, class T>
constexpr ConstrainedMember<Owner, T> member(std::string_view name,
                                             T Owner::*pointer,
                                             std::string_view text,
                                             Constraint constraint) {
    return {{name, pointer, text, Trait::none}, constraint};
}

template <class Owner, class T>
constexpr Constraint constraint_of(const Member<Owner, T>&) {
    return {};
}
template <class Owner, class T>
constexpr Constraint constraint_of(const ConstrainedMember<Owner, T>& m) {
    return m.constraint;
}

}  // namespace rotacast::reflect

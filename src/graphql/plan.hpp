#pragma once

// The execution plan of an operation: a flat list of steps, each one field of the response.
// Completing a result traverses it and appends text.

#include "graphql/engine.hpp"

#include <cstdint>

namespace rotacast::graphql {

/// Consecutive elements of one of the plan's lists.
struct Range {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};

struct Step {
    enum class How : std::uint8_t {
        leaf,
        object,         ///< `below` are its steps
        union_of,       ///< `below` are variants
        type_name,      ///< __typename
        introspection,  ///< __schema, __type, and all fields beneath them
    };
    How how = How::leaf;
    std::string key;  ///< `"response key":`
    std::string response_key;
    const Type* parent = nullptr;  ///< the object type that has the field
    const Field* field = nullptr;
    Range below = {};
    std::int32_t result = -1;     ///< at the root: index of its RootField; else -1
    json::object arguments = {};  ///< coerced; at the root moved to the RootField
    std::vector<Location> locations = {};
};

/// The selection for one member type of a union.
struct Variant {
    const Type* type = nullptr;
    Range steps;
};

/// Types and fields belong to the schema, which must outlive the plan.
struct Plan {
    const Schema* schema = nullptr;
    Range root;
    std::vector<Step> steps;
    std::vector<Variant> variants;
    std::vector<RootField> root_fields;
    std::string shape;
    std::size_t introspection_bytes_max = 0;

    std::span<const Step> at(Range range) const {
        return std::span(steps).subspan(range.first, range.count);
    }
    std::span<const Variant> variants_at(Range range) const {
        return std::span(variants).subspan(range.first, range.count);
    }
};

}  // namespace rotacast::graphql

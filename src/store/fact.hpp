#pragma once

// A fact: what all nodes of a cluster must know, whoever said it, such as a user's role. Each node
// keeps all facts; of two statements the later one counts (docs/adr/0058).

#include "base/time.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace rotacast::store {

/// Fields are merged one by one, so that a change of the role does not undo a deactivation.
struct FactField {
    std::string name;
    /// When it was stated, in ms since 1970; at least one more than the statement before it.
    std::int64_t version = 0;
    std::string value;

    bool operator==(const FactField&) const = default;
};

struct Fact {
    std::string kind;  ///< `user`, `revoked_token`, `api_key`, `webhook`
    std::string key;
    std::vector<FactField> fields;
    std::optional<Timestamp> expires_at = std::nullopt;  ///< afterwards nobody needs it

    bool operator==(const Fact&) const = default;
};

/// Whether `one` counts, and not `other`. All nodes decide alike, also about equal versions.
inline bool is_newer(const FactField& one, const FactField& other) {
    return std::tie(one.version, one.value) > std::tie(other.version, other.value);
}

/// nullptr if there is no field of this name.
inline const FactField* field_of(const std::vector<FactField>& fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &FactField::name);
    return found == fields.end() ? nullptr : &*found;
}

/// Those of `given` that count more than what is `known`.
inline std::vector<FactField> newer_fields(const std::vector<FactField>& given,
                                           const std::vector<FactField>& known) {
    std::vector<FactField> newer;
    for (const auto& field : given) {
        const auto* before = field_of(known, field.name);
        if (!before || is_newer(field, *before)) newer.push_back(field);
    }
    return newer;
}

}  // namespace rotacast::store

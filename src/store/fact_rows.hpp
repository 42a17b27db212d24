#pragma once

// One fact as rows: its versions, and its values in the tables of the directory. What SqliteFacts
// is made of.

#include "base/error.hpp"
#include "store/fact.hpp"
#include "store/sqlite.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::store {

inline constexpr std::string_view user_kind = "user";
inline constexpr std::string_view revoked_token_kind = "revoked_token";
inline constexpr std::string_view api_key_kind = "api_key";
inline constexpr std::string_view webhook_kind = "webhook";

/// The fact as this file knows it; without fields if it does not, or if the kind is unknown.
Result<Fact> load_fact(Connection& connection, std::string_view kind, std::string_view key);

/// Writes the fields `newer` over the fact `known`, with their versions. Within a transaction.
/// Errors: `conflict` or `invalid_field` if the tables do not take the values.
Result<void> store_fact(Connection& connection,
                        const Fact& known,
                        const std::vector<FactField>& newer);

}  // namespace rotacast::store

#pragma once

// The values that members have in examples.

#include "reflect/json.hpp"

#include <optional>
#include <string_view>

namespace rotacast::contract {

namespace json = boost::json;

inline constexpr std::string_view some_uuid = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
inline constexpr std::string_view some_moment = "2026-11-23T06:10:43.060Z";

/// nullopt: nothing better is known than any value of the member's type. `owner` is the name of the
/// schema that has the member.
std::optional<json::value> known_value(std::string_view owner, std::string_view member);

}  // namespace rotacast::contract

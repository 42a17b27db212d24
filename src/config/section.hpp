#pragma once

// What the files of the sections share.
//
// Each section has its own file, which the rooms include whose options it fills: such an option
// takes its initializer from the setting, as in
//
//     std::size_t tokens_max = config::Graphql{}.tokens_max;
//
// so that each default is written once.

#include "reflect/describe.hpp"
#include "reflect/setting.hpp"

#include <cstdint>

namespace rotacast::config {

using reflect::between;
using reflect::one_of;

inline constexpr std::int64_t day_s = 86'400;
inline constexpr std::int64_t mib = 1'048'576;

}  // namespace rotacast::config

#pragma once

#include <string>
#include <string_view>

namespace rotacast::reflect {

/// How keys are spelled in encoded text. The code spells them in snake_case.
enum class Naming { snake, camel };

/// `affected_blocks_count` -> `affectedBlocksCount`, `r_idx` -> `rIdx`.
std::string to_camel(std::string_view snake);

}  // namespace rotacast::reflect

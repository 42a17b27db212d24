#pragma once

// Finds the known name that a misspelled one probably stands for. For messages, never for
// decisions.

#include <cstddef>
#include <string_view>
#include <vector>

namespace rotacast {

/// Names longer than this are not compared.
inline constexpr std::size_t nearest_name_max = 64;

/// The number of insertions, deletions, replacements and swaps of neighbours that turn `a` into
/// `b`, where no character is edited twice (optimal string alignment). Takes O(|a|·|b|) time.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `wrong`, the first if several are equally near; empty if none is within
/// a third of its length. The view refers to one of the candidates.
std::string_view nearest(std::string_view wrong, const std::vector<std::string_view>& candidates);

}  // namespace rotacast

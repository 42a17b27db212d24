#pragma once

// What somebody probably meant when a name is not known: for messages, never for decisions.

#include <cstddef>
#include <string_view>
#include <vector>

namespace rotacast {

/// Names longer than this are not compared.
inline constexpr std::size_t nearest_name_max = 64;

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`; no letter
/// is touched twice. O(|a|·|b|).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `wrong`, the first of equals; empty when none is within a third of
/// its length. The view is one of the candidates.
std::string_view nearest(std::string_view wrong, const std::vector<std::string_view>& candidates);

}  // namespace rotacast

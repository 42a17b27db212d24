#pragma once

#include <algorithm>

namespace rotacast {

/// Sorts ascending and removes duplicates.
template <class List>
void sort_unique(List& list) {
    std::ranges::sort(list);
    const auto rest = std::ranges::unique(list);
    list.erase(rest.begin(), rest.end());
}

}  // namespace rotacast

#pragma once

#include <algorithm>

namespace rotacast {

/// Ascending, and each value once.
template <class List>
void sort_unique(List& list) {
    std::ranges::sort(list);
    // Not std::ranges::unique: clang 14, which builds the fuzz targets, cannot read gcc 12's.
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace rotacast

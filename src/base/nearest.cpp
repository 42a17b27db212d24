#include "base/nearest.hpp"

#include <algorithm>

namespace rotacast {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Rows of the distance table: for the current character of `a` and for the two before it.
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before.swap(above);
        above.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row[b.size()];
}

std::string_view nearest(std::string_view wrong, const std::vector<std::string_view>& candidates) {
    std::string_view best;
    if (wrong.size() > nearest_name_max) return best;
    auto best_distance = 1 + std::max<std::size_t>(1, wrong.size() / 3);
    for (const auto candidate : candidates) {
        const auto distance = edit_distance(wrong, candidate);
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

}  // namespace rotacast

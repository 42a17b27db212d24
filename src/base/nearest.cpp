#include "base/nearest.hpp"

#include <algorithm>

namespace rotacast {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
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

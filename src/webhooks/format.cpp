#include "webhooks/format.hpp"

#include <algorithm>

namespace rotacast::webhooks {

std::optional<Format> parse_format(std::string_view name) {
    const auto found = std::ranges::find(format_names, name);
    if (found == format_names.end()) return std::nullopt;
    return static_cast<Format>(found - format_names.begin());
}

}  // namespace rotacast::webhooks

#pragma once

#include "base/nearest.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::graphql {

/// ` Did you mean <what>"name"?`, or empty if none of `named` is near. For messages.
template <class Named>
std::string did_you_mean(std::string_view wrong,
                         const std::vector<Named>& named,
                         std::string_view what = {}) {
    std::vector<std::string_view> names;
    names.reserve(named.size());
    for (const auto& one : named) names.push_back(one.name);
    const auto found = nearest(wrong, names);
    if (found.empty()) return {};
    return " Did you mean " + std::string(what) + '"' + std::string(found) + "\"?";
}

}  // namespace rotacast::graphql

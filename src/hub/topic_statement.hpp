#pragma once

// What was said last about whether a user watches a topic. Nodes tell each other; the later
// statement counts.

#include <compare>
#include <cstdint>

namespace rotacast::hub {

struct TopicStatement {
    std::int64_t version = 0;  ///< ms since 1970, at least one more than the statement before
    bool watched = false;

    auto operator<=>(const TopicStatement&) const = default;
};

}  // namespace rotacast::hub

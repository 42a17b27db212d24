#pragma once

// Values that are valid and probably a mistake.

#include "config/config.hpp"

#include <string>
#include <vector>

namespace rotacast::config {

/// The longest ping interval that no common proxy cuts: HAProxy's usual `timeout client` is 50 s,
/// which is the shortest (docs/deploy.md); a ping is sent up to a quarter of a second late, and its
/// answer has to come back.
inline constexpr std::int64_t ping_interval_s_advised_max = 45;

/// How much longer than the ping interval a lease should be: a ping's answer takes its time.
inline constexpr std::int64_t presence_lease_s_reserve = 10;

/// Also looks at the modes of the files that hold secrets. One sentence for each, which names the
/// setting and says what to do.
std::vector<std::string> warnings_about(const Config& config);

}  // namespace rotacast::config

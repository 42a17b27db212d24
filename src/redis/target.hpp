#pragma once

// From the settings to where Redis is.

#include "base/error.hpp"
#include "config/redis.hpp"
#include "redis/sentinel.hpp"

#include <string>

namespace rotacast::redis {

struct ConfiguredTarget {
    Target target;
    std::string shown;  ///< the URL without user and password, for people
};

/// Reads the files that the settings name; blocks for them. `settings.url` must not be empty.
/// Errors: `config_invalid`, saying which setting is wrong; never with the password.
Result<ConfiguredTarget> target_of(const config::Redis& settings);

}  // namespace rotacast::redis

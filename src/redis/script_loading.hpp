#pragma once

// Makes scripts known to Redis, which then runs them by the digests of their texts.

#include "redis/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rotacast::redis {

using ScriptDigests = std::unordered_map<std::string_view, std::string>;  ///< by the texts

/// Both references must outlive the call. The result is the refusal, if there is one.
asio::awaitable<std::optional<Refusal>> load_scripts(Connection& connection,
                                                     std::vector<std::string_view> scripts,
                                                     ScriptDigests& digests);

}  // namespace rotacast::redis

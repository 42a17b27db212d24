#pragma once

// What became of the messages of the bridge, since the process started.

#include "base/error.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace rotacast::bridge {

enum class Count : std::uint8_t {
    in_stored,
    in_repeated,  ///< another node stored it, or it came twice
    in_own,       ///< it is one that this cluster has sent
    in_unusual,   ///< stored, with words outside of the usual vocabulary
    in_bad_json,
    in_invalid_field,
    in_missing_field,
    in_too_large,
    in_lost,      ///< the journal could not take it
    out_sent,     ///< by this node
    out_late,     ///< left out because of its age
    out_refused,  ///< attempts; Redis does not permit to publish there
    disconnects,
};

/// Thread-safe.
class Counters {
  public:
    static constexpr std::array<std::string_view, 13> names{"in_stored",
                                                            "in_repeated",
                                                            "in_own",
                                                            "in_unusual",
                                                            "in_bad_json",
                                                            "in_invalid_field",
                                                            "in_missing_field",
                                                            "in_too_large",
                                                            "in_lost",
                                                            "out_sent",
                                                            "out_late",
                                                            "out_refused",
                                                            "disconnects"};

    void add(Count count, std::uint64_t times = 1) {
        values_[static_cast<std::size_t>(count)].fetch_add(times, std::memory_order_relaxed);
    }
    std::uint64_t of(Count count) const {
        return values_[static_cast<std::size_t>(count)].load(std::memory_order_relaxed);
    }
    /// By name. All of them, and `connections`: how many stand now.
    std::map<std::string, std::int64_t> all() const {
        std::map<std::string, std::int64_t> all{{"connections", connections.load()}};
        for (std::size_t i = 0; i < names.size(); ++i)
            all[std::string(names[i])] = static_cast<std::int64_t>(of(static_cast<Count>(i)));
        return all;
    }

    std::atomic<std::int64_t> connections = 0;

  private:
    std::array<std::atomic<std::uint64_t>, names.size()> values_{};
};

}  // namespace rotacast::bridge

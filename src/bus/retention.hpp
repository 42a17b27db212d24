#pragma once

// How much finished data the store keeps: rows that nothing depends on any more. Dead letters are
// not among them; they stay until somebody replays or discards them.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rotacast::bus {

enum class Kept : std::uint8_t { handler_log, audit, finished_replays, discarded_letters };
inline constexpr std::array all_kept{
    Kept::handler_log, Kept::audit, Kept::finished_replays, Kept::discarded_letters};

constexpr std::string_view to_string(Kept what) {
    switch (what) {
        case Kept::handler_log: return "ledger";
        case Kept::audit: return "audit";
        case Kept::finished_replays: return "finished replays";
        case Kept::discarded_letters: return "discarded letters";
    }
    return "";
}

/// 0: unbounded. Rows are counted by their ids, so slightly fewer than rows_max may be kept.
struct KeepRule {
    std::chrono::milliseconds age_max{0};
    std::int64_t rows_max = 0;

    bool operator==(const KeepRule&) const = default;
};

struct Retention {
    std::array<KeepRule, all_kept.size()> rules = {};
    std::chrono::milliseconds interval{std::chrono::minutes(1)};

    KeepRule& operator[](Kept what) { return rules[static_cast<std::size_t>(what)]; }
    const KeepRule& operator[](Kept what) const { return rules[static_cast<std::size_t>(what)]; }
};

}  // namespace rotacast::bus

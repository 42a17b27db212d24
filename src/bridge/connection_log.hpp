#pragma once

// Says once that a connection is lost and why, and once that it is back, however many attempts lie
// between.

#include "base/log.hpp"
#include "redis/refusal.hpp"

#include <string>
#include <string_view>

namespace rotacast::bridge {

/// `told`: the reason that was said last; kept by the caller, empty at first.
inline void tell_lost(std::string& told, std::string_view what, const redis::Refusal& why) {
    if (told == why.message) return;
    told = why.message;
    log::warn("{}: {}", what, why.message);
}

inline void tell_connected(std::string& told, std::string_view what) {
    told.clear();
    log::info("{}", what);
}

}  // namespace rotacast::bridge

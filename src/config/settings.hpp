#pragma once

// The described Config as a flat list: one Setting per value, in the order of the description.
// Flags, variables, TOML keys, help and the configuration page are derived from this list.

#include "config/config.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rotacast::config {

/// A value as its source gave it: text from flags and variables, any of these types from TOML.
using RawValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;

/// Pointer to one value inside a Config.
using Slot = std::variant<std::string*, std::int64_t*, std::size_t*, std::vector<std::string>*>;

struct Setting {
    std::string key;       ///< `tokens.access_ttl_s`
    std::string flag;      ///< `--tokens-access-ttl-s`
    std::string variable;  ///< `ROTACAST_TOKENS_ACCESS_TTL_S`
    std::string text;
    std::string unit;  ///< `seconds`, `days`, `bytes` or empty
    reflect::Constraint constraint;
    std::function<Slot(Config&)> slot;
};

/// All settings. Static lifetime.
const std::vector<Setting>& settings();
const Setting* find_setting(std::string_view key);

/// The value as a user writes it; list elements are separated by commas.
std::string value_text(const Setting& setting, const Config& config);

/// `1 to 256`, `strict or open`, `on or off, or true or false`; empty if any text is accepted.
std::string accepted_text(const Setting& setting);

/// Sets one value. Returns an empty string on success, otherwise what is accepted: "must be …".
std::string assign(const Setting& setting, Config& config, const RawValue& value);

}  // namespace rotacast::config

#pragma once

// The description of Config laid flat: one Setting per value, in the described order. Flags,
// variables, TOML keys, help and the configuration page all derive from this list.

#include "config/config.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rotacast::config {

/// A value as a source gave it. Flags and variables give text, TOML gives the rest.
using RawValue = std::variant<std::string, std::int64_t, std::vector<std::string>>;

/// The place of one value inside a Config.
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

/// All of them. Static lifetime.
const std::vector<Setting>& settings();
const Setting* find_setting(std::string_view key);

/// The value as a person writes it; lists joined with commas.
std::string value_text(const Setting& setting, const Config& config);

/// `HOST:PORT`, `1 to 256`, `strict or open` and the like; empty when any text is good.
std::string accepted_text(const Setting& setting);

/// Sets one value. Empty when it was taken, else what would be: "must be …".
std::string assign(const Setting& setting, Config& config, const RawValue& value);

}  // namespace rotacast::config

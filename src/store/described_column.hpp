#pragma once

// Columns that hold a described struct as JSON, or NULL for none: what is stored beside an entry
// (`known`, ADR 0036; `provenance`, ADR 0047).

#include "reflect/decode.hpp"
#include "reflect/encode.hpp"
#include "store/sqlite.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rotacast::store {

/// nullopt, which is stored as NULL, for null.
template <reflect::Described T>
std::optional<std::string> described_json(const std::shared_ptr<const T>& value) {
    if (!value) return std::nullopt;
    std::string json;
    reflect::encode(json, *value, {.audience = reflect::Audience::storage});
    return json;
}

/// Null for unreadable JSON: the entry matters more than what is stored beside it.
template <reflect::Described T>
std::shared_ptr<const T> described_in(std::string_view text) {
    const auto json = reflect::parse_json(text);
    auto value = json ? reflect::decode<T>(*json) : json.error();
    if (!value) return nullptr;
    return std::make_shared<const T>(std::move(*value));
}

/// Null for NULL too.
template <reflect::Described T>
std::shared_ptr<const T> described_at(const Query& row, int column) {
    return row.is_null(column) ? nullptr : described_in<T>(row.text(column));
}

}  // namespace rotacast::store

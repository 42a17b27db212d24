#include "store/known_column.hpp"

#include "reflect/decode.hpp"
#include "reflect/encode.hpp"

namespace rotacast::store {

std::string to_json(const events::Known& known) {
    std::string json;
    reflect::encode(json, known, {.audience = reflect::Audience::storage});
    return json;
}

bus::KnownPtr known_at(const Query& row, int column) {
    if (row.is_null(column)) return nullptr;
    const auto json = reflect::parse_json(row.text(column));
    auto known = json ? reflect::decode<events::Known>(*json) : json.error();
    if (!known) return nullptr;
    return std::make_shared<const events::Known>(std::move(*known));
}

}  // namespace rotacast::store

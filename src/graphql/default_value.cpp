#include "graphql/default_value.hpp"

namespace rotacast::graphql {

std::string default_value_text(const InputValue& value) {
    const auto& held = *value.default_value;
    if (held.is_string() && value.type.named().kind == TypeKind::enumeration)
        return std::string(held.get_string());
    return reflect::to_json_text(held);
}

}  // namespace rotacast::graphql

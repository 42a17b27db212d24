#include "graphql/schema.hpp"

#include <algorithm>

namespace rotacast::graphql {
namespace {

template <class Named>
const Named* find(const std::vector<Named>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &Named::name);
    return found != all.end() ? &*found : nullptr;
}

}  // namespace

std::string to_string(TypeRef type) {
    if (type.is_non_null()) return to_string(type.inner()) + '!';
    if (type.is_list()) return '[' + to_string(type.inner()) + ']';
    return type.named().name;
}

const InputValue* Field::find_argument(std::string_view argument) const {
    return find(arguments, argument);
}

const Field* Type::find_field(std::string_view field) const {
    return find(fields, field);
}

const InputValue* Type::find_input_field(std::string_view field) const {
    return find(input_fields, field);
}

bool Type::has_value(std::string_view value) const {
    return find(values, value) != nullptr;
}

bool Type::may_be(const Type& object) const {
    return this == &object || std::ranges::find(members, &object) != members.end();
}

const InputValue* Directive::find_argument(std::string_view argument) const {
    return find(arguments, argument);
}

const Type* Schema::find_type(std::string_view name) const {
    const auto found = types_.find(name);
    return found != types_.end() ? found->second.get() : nullptr;
}

const Directive* Schema::find_directive(std::string_view name) const {
    return find(directives_, name);
}

const Field* Schema::find_field(const Type& type, std::string_view name) const {
    if (const auto* own = type.find_field(name)) return own;
    if (name == "__typename") return type.is_composite() ? find(meta_fields_, name) : nullptr;
    return &type == query_ ? find(meta_fields_, name) : nullptr;
}

}  // namespace rotacast::graphql

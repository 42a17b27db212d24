// The types of introspection (September 2025, 4.2), and the three meta fields, which every document
// may select although the schema does not list them.

#include "graphql/schema_builder.hpp"

namespace rotacast::graphql {
namespace {

std::vector<EnumValue> enum_values(std::initializer_list<std::string_view> names) {
    std::vector<EnumValue> values;
    for (const auto name : names) values.push_back({std::string(name), {}});
    return values;
}

/// Builder for the fields of one type.
class FieldList {
  public:
    FieldList(Type& type, TypeRef boolean) : type_(type), boolean_(boolean) {}

    FieldList& add(std::string_view name, TypeRef type) {
        type_.fields.push_back({std::string(name), {}, {}, type});
        return *this;
    }
    FieldList& add_deprecatable(std::string_view name, TypeRef type) {
        add(name, type);
        type_.fields.back().arguments.push_back(
            {"includeDeprecated", {}, boolean_, json::value(false)});
        return *this;
    }

  private:
    Type& type_;
    TypeRef boolean_;
};

TypeRef list(TypeRef item) {
    return item.non_null().list_of();
}

}  // namespace

void SchemaBuilder::add_introspection() {
    const auto string = named("String");
    const auto boolean = named("Boolean");
    auto& schema = object("__Schema", "What can be asked here.");
    auto& type = object("__Type", "A type: named, a list, or non-null.");
    auto& field = object("__Field", "A field of an object.");
    auto& input = object("__InputValue", "An argument, or a field of an input object.");
    auto& value = object("__EnumValue", "One value of an enumeration.");
    auto& directive = object("__Directive", "A directive.");
    const auto& kind = add({.kind = TypeKind::enumeration,
                            .name = "__TypeKind",
                            .text = "What kind of type.",
                            .values = enum_values({"SCALAR",
                                                   "OBJECT",
                                                   "INTERFACE",
                                                   "UNION",
                                                   "ENUM",
                                                   "INPUT_OBJECT",
                                                   "LIST",
                                                   "NON_NULL"})});
    const auto& location = add({.kind = TypeKind::enumeration,
                                .name = "__DirectiveLocation",
                                .text = "Where a directive may stand.",
                                .values = enum_values({"QUERY",
                                                       "MUTATION",
                                                       "SUBSCRIPTION",
                                                       "FIELD",
                                                       "FRAGMENT_DEFINITION",
                                                       "FRAGMENT_SPREAD",
                                                       "INLINE_FRAGMENT",
                                                       "VARIABLE_DEFINITION",
                                                       "SCHEMA",
                                                       "SCALAR",
                                                       "OBJECT",
                                                       "FIELD_DEFINITION",
                                                       "ARGUMENT_DEFINITION",
                                                       "INTERFACE",
                                                       "UNION",
                                                       "ENUM",
                                                       "ENUM_VALUE",
                                                       "INPUT_OBJECT",
                                                       "INPUT_FIELD_DEFINITION"})});
    const TypeRef type_ref(type);
    const TypeRef input_ref(input);

    FieldList(schema, boolean)
        .add("description", string)
        .add("types", list(type_ref).non_null())
        .add("queryType", type_ref.non_null())
        .add("mutationType", type_ref)
        .add("subscriptionType", type_ref)
        .add("directives", list(TypeRef(directive)).non_null());
    FieldList(type, boolean)
        .add("kind", TypeRef(kind).non_null())
        .add("name", string)
        .add("description", string)
        .add("specifiedByURL", string)
        .add_deprecatable("fields", list(TypeRef(field)))
        .add("interfaces", list(type_ref))
        .add("possibleTypes", list(type_ref))
        .add_deprecatable("enumValues", list(TypeRef(value)))
        .add_deprecatable("inputFields", list(input_ref))
        .add("ofType", type_ref)
        .add("isOneOf", boolean);
    FieldList(field, boolean)
        .add("name", string.non_null())
        .add("description", string)
        .add_deprecatable("args", list(input_ref).non_null())
        .add("type", type_ref.non_null())
        .add("isDeprecated", boolean.non_null())
        .add("deprecationReason", string);
    FieldList(input, boolean)
        .add("name", string.non_null())
        .add("description", string)
        .add("type", type_ref.non_null())
        .add("defaultValue", string)
        .add("isDeprecated", boolean.non_null())
        .add("deprecationReason", string);
    FieldList(value, boolean)
        .add("name", string.non_null())
        .add("description", string)
        .add("isDeprecated", boolean.non_null())
        .add("deprecationReason", string);
    FieldList(directive, boolean)
        .add("name", string.non_null())
        .add("description", string)
        .add("isRepeatable", boolean.non_null())
        .add("locations", list(TypeRef(location)).non_null())
        .add_deprecatable("args", list(input_ref).non_null());

    schema_.meta_fields_ = {
        {"__typename", "The name of the object's type.", {}, string.non_null()},
        {"__schema", "What can be asked here.", {}, TypeRef(schema).non_null()},
        {"__type", "One type, by its name.", {{"name", "Its name.", string.non_null()}}, type_ref},
    };
}

}  // namespace rotacast::graphql

#include "graphql/schema_builder.hpp"

namespace rotacast::graphql {

SchemaBuilder::SchemaBuilder() {
    add_scalars();
    add_introspection();
    add_directives();
}

Type& SchemaBuilder::add(Type type) {
    auto& place = schema_.types_[type.name];
    if (!place) place = std::make_unique<Type>(std::move(type));
    return *place;
}

Type& SchemaBuilder::object(std::string_view name, std::string_view text) {
    return add({.kind = TypeKind::object, .name = std::string(name), .text = std::string(text)});
}

Schema SchemaBuilder::build(const Type& query, const Type& mutation, const Type& subscription) {
    schema_.query_ = &query;
    schema_.mutation_ = &mutation;
    schema_.subscription_ = &subscription;
    return std::move(schema_);
}

void SchemaBuilder::add_scalars() {
    struct Row {
        ScalarKind kind;
        std::string_view name;
        std::string_view text;
        std::string_view specified_by = {};
    };
    static constexpr Row rows[] = {
        {ScalarKind::integer, "Int", "A whole number of 32 bits, with a sign."},
        {ScalarKind::number, "Float", "A number of double precision (IEEE 754)."},
        {ScalarKind::string, "String", "Text, any Unicode."},
        {ScalarKind::boolean, "Boolean", "`true` or `false`."},
        {ScalarKind::id, "ID", "Names one thing. Text; a whole number is taken as text."},
        {ScalarKind::big_integer, "BigInt", "A whole number, exact up to 2^53 in JavaScript."},
        {ScalarKind::date,
         "Date",
         "A day, as in `2025-12-30`.",
         "https://scalars.graphql.org/andimarek/local-date.html"},
        {ScalarKind::date_time,
         "DateTime",
         "A moment: RFC 3339, UTC, milliseconds, as in `2025-12-30T14:23:45.123Z`.",
         "https://scalars.graphql.org/andimarek/date-time.html"},
        {ScalarKind::cursor, "Cursor", "A place in the journal. Opaque: give it back as it came."},
        {ScalarKind::any, "JSON", "Any JSON."},
    };
    for (const auto& row : rows)
        add({.kind = TypeKind::scalar,
             .name = std::string(row.name),
             .text = std::string(row.text),
             .scalar = row.kind,
             .specified_by = std::string(row.specified_by)});
    add({.kind = TypeKind::enumeration,
         .name = "DeadLetterState",
         .text = "What has become of a dead letter.",
         .values = {{"DEAD", "Given up."}, {"DISCARDED", "Put away by an operator."}}});
}

// September 2025, 3.13.
void SchemaBuilder::add_directives() {
    const auto boolean = named("Boolean").non_null();
    const auto string = named("String").non_null();
    schema_.directives_ = {
        {"include",
         "Only if the argument is true.",
         {"FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"},
         {{"if", "Whether to include it.", boolean}}},
        {"skip",
         "Not if the argument is true.",
         {"FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"},
         {{"if", "Whether to skip it.", boolean}}},
        {"deprecated",
         "Still there, but not for long.",
         {"FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INPUT_FIELD_DEFINITION", "ENUM_VALUE"},
         {{"reason", "What to use instead.", string, json::value("No longer supported")}}},
        {"specifiedBy",
         "Where a scalar is specified.",
         {"SCALAR"},
         {{"url", "The address.", string}}},
        {"oneOf", "Exactly one field of the input object is given.", {"INPUT_OBJECT"}, {}},
    };
}

void SchemaBuilder::add_place(std::vector<Field>& fields) {
    const auto add = [&](std::string_view name, std::string_view text, std::string_view type) {
        fields.push_back({std::string(name), std::string(text), {}, named(type).non_null()});
    };
    add("timestamp", "When it happened.", "DateTime");
    add("cursor", "Its place in the journal: continue behind it with `after`.", "Cursor");
    add("eventId", "Names the event for ever, on every transport.", "ID");
}

TypeRef SchemaBuilder::live_event() {
    if (const auto* known = schema_.find_type("LiveEvent")) return TypeRef(*known);
    auto& type = add({.kind = TypeKind::union_of,
                      .name = "LiveEvent",
                      .text = "Any event that screens are shown."});
    boost::mp11::mp_for_each<boost::mp11::mp_transform<reflect::Tag, LiveEvents>>(
        [&]<class E>(reflect::Tag<E>) { type.members.push_back(&output_object<E>().named()); });
    return TypeRef(type);
}

}  // namespace rotacast::graphql

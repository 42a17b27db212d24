// Prints the schema in the schema definition language (September 2025, 3).

#include "base/json_text.hpp"
#include "graphql/default_value.hpp"
#include "graphql/schema.hpp"

namespace rotacast::graphql {
namespace {

void append_text(std::string& out, std::string_view text, std::string_view indent) {
    if (text.empty()) return;
    out += indent;
    out += R"(""")";
    out += text;
    if (text.ends_with('"')) out += ' ';  // avoids four quotes in a row
    out += "\"\"\"\n";
}

void append_value(std::string& out, const InputValue& value) {
    out += value.name;
    out += ": " + to_string(value.type);
    if (value.default_value) out += " = " + default_value_text(value);
}

void append_arguments(std::string& out, const std::vector<InputValue>& arguments) {
    if (arguments.empty()) return;
    out += "(\n";
    for (const auto& argument : arguments) {
        append_text(out, argument.text, "    ");
        out += "    ";
        append_value(out, argument);
        out += '\n';
    }
    out += "  )";
}

void append_field(std::string& out, const Field& field) {
    append_text(out, field.text, "  ");
    out += "  " + field.name;
    append_arguments(out, field.arguments);
    out += ": " + to_string(field.type);
    if (field.deprecation) {
        out += " @deprecated(reason: ";
        append_json_string(out, *field.deprecation);
        out += ')';
    }
    out += '\n';
}

void append_members(std::string& out, const Type& type) {
    for (const auto* member : type.members) {
        out += member == type.members.front() ? " = " : " | ";
        out += member->name;
    }
    out += '\n';
}

void append_type(std::string& out, const Type& type) {
    append_text(out, type.text, "");
    switch (type.kind) {
        case TypeKind::scalar:
            out += "scalar " + type.name;
            if (!type.specified_by.empty()) {
                out += " @specifiedBy(url: ";
                append_json_string(out, type.specified_by);
                out += ')';
            }
            out += '\n';
            return;
        case TypeKind::union_of:
            out += "union " + type.name;
            append_members(out, type);
            return;
        case TypeKind::object:
            out += "type " + type.name + " {\n";
            for (const auto& field : type.fields) append_field(out, field);
            break;
        case TypeKind::enumeration:
            out += "enum " + type.name + " {\n";
            for (const auto& value : type.values) {
                append_text(out, value.text, "  ");
                out += "  " + value.name + '\n';
            }
            break;
        case TypeKind::input_object:
            out += "input " + type.name + " {\n";
            for (const auto& field : type.input_fields) {
                append_text(out, field.text, "  ");
                out += "  ";
                append_value(out, field);
                out += '\n';
            }
            break;
    }
    out += "}\n";
}

bool is_built_in(const Type& type) {
    using enum ScalarKind;
    return type.name.starts_with("__") || type.scalar == integer || type.scalar == number ||
           type.scalar == string || type.scalar == boolean || type.scalar == id;
}

}  // namespace

std::string to_sdl(const Schema& schema) {
    std::string out;
    for (const auto& [name, type] : schema.types()) {
        if (is_built_in(*type)) continue;
        if (!out.empty()) out += '\n';
        append_type(out, *type);
    }
    return out;
}

}  // namespace rotacast::graphql

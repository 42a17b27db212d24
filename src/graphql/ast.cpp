#include "graphql/ast.hpp"

#include "base/json_text.hpp"

#include <algorithm>

namespace rotacast::graphql::ast {
namespace {

void append(std::string& out, const Value& value, bool sorted);

void append_fields(std::string& out, const Value& value, bool sorted) {
    std::vector<const ObjectField*> fields;
    for (const auto& field : value.fields) fields.push_back(&field);
    if (sorted)
        std::ranges::stable_sort(fields, {}, [](const auto* field) { return field->name.text; });
    out += "{ ";
    for (const auto* field : fields) {
        if (field != fields.front()) out += ", ";
        out += field->name.text;
        out += ": ";
        append(out, field->value, sorted);
    }
    out += " }";
}

void append(std::string& out, const Value& value, bool sorted) {
    switch (value.kind) {
        case Value::Kind::variable: out += '$' + value.text; break;
        case Value::Kind::string: append_json_string(out, value.text); break;
        case Value::Kind::list:
            out += '[';
            for (const auto& item : value.items) {
                if (&item != value.items.data()) out += ", ";
                append(out, item, sorted);
            }
            out += ']';
            break;
        case Value::Kind::object: append_fields(out, value, sorted); break;
        default: out += value.text;
    }
}

}  // namespace

const Fragment* Document::find_fragment(std::string_view name) const {
    const auto found = fragments_by_name.find(name);
    return found != fragments_by_name.end() ? &fragments[found->second] : nullptr;
}

std::string print(const Value& value, bool sorted) {
    std::string out;
    append(out, value, sorted);
    return out;
}

std::string print(const TypeName& type) {
    std::string out(type.name.text);
    for (const char wrapper : type.wrappers) {
        if (wrapper == '!')
            out += '!';
        else
            out = '[' + out + ']';
    }
    return out;
}

}  // namespace rotacast::graphql::ast

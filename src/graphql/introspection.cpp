#include "graphql/introspection.hpp"

#include "base/json_text.hpp"
#include "graphql/default_value.hpp"

namespace rotacast::graphql {
namespace {

/// Writes selected members of schema objects. Types refer to each other in cycles, so nothing is
/// built in advance: each selected member is looked up.
class Introspection {
  public:
    Introspection(std::string& out, const Plan& plan, std::size_t bytes_max)
        : out_(out), plan_(plan), size_max_(out.size() + bytes_max) {}

    bool root(const Step& step) {
        if (step.field->name == "__schema")
            object(step, *plan_.schema);
        else
            type_or_null(step, plan_.schema->find_type(step.arguments.at("name").as_string()));
        return !full();
    }

  private:
    bool full() const { return out_.size() > size_max_; }

    template <class Item>
    void object(const Step& step, const Item& item) {
        out_ += '{';
        bool first = true;
        for (const auto& member : plan_.at(step.below)) {
            if (full()) return;
            if (!first) out_ += ',';
            first = false;
            out_ += member.key;
            if (member.how == Step::How::type_name)
                text(member.parent->name);
            else
                put(member, item);
        }
        out_ += '}';
    }

    void put(const Step& step, const Schema& schema) {
        const auto& name = step.field->name;
        if (name == "types") {
            list(schema.types(), [&](const auto& entry) { object(step, TypeRef(*entry.second)); });
        } else if (name == "queryType") {
            object(step, TypeRef(schema.query()));
        } else if (name == "mutationType") {
            object(step, TypeRef(schema.mutation()));
        } else if (name == "subscriptionType") {
            object(step, TypeRef(schema.subscription()));
        } else if (name == "directives") {
            list(schema.directives(), [&](const Directive& directive) { object(step, directive); });
        } else {
            null();  // description
        }
    }

    void put(const Step& step, TypeRef type) {
        const auto& name = step.field->name;
        if (name == "kind") return text(kind_name(type));
        if (!type.is_named()) {
            if (name == "ofType") return object(step, type.inner());
            return null();
        }
        const auto& named = type.named();
        if (name == "name") return text(named.name);
        if (name == "description") return text_or_null(named.text);
        if (name == "specifiedByURL") return text_or_null(named.specified_by);
        if (name == "isOneOf" && named.kind == TypeKind::input_object) return flag(false);
        if (name == "interfaces" && named.kind == TypeKind::object) {
            out_ += "[]";
            return;
        }
        put_parts(step, named);
    }

    void put_parts(const Step& step, const Type& type) {
        const auto& name = step.field->name;
        if (name == "fields" && type.kind == TypeKind::object)
            list(
                type.fields,
                [&](const Field& field) { object(step, field); },
                [&](const Field& field) { return with_deprecated(step) || !field.deprecation; });
        else if (name == "possibleTypes" && type.kind == TypeKind::union_of)
            list(type.members, [&](const Type* member) { object(step, TypeRef(*member)); });
        else if (name == "enumValues" && type.kind == TypeKind::enumeration)
            list(type.values, [&](const EnumValue& value) { object(step, value); });
        else if (name == "inputFields" && type.kind == TypeKind::input_object)
            list(type.input_fields, [&](const InputValue& field) { object(step, field); });
        else
            null();
    }

    void put(const Step& step, const Field& field) {
        const auto& name = step.field->name;
        if (name == "args")
            arguments(step, field.arguments);
        else if (name == "type")
            object(step, field.type);
        else if (name == "isDeprecated")
            flag(field.deprecation.has_value());
        else if (name == "deprecationReason")
            text_or_null(field.deprecation.value_or(""));
        else
            put_name(name, field);
    }

    void put(const Step& step, const InputValue& value) {
        const auto& name = step.field->name;
        if (name == "type")
            object(step, value.type);
        else if (name == "defaultValue" && value.default_value)
            text(default_value_text(value));
        else
            put_undeprecated(name, value);
    }

    void put(const Step& step, const EnumValue& value) {
        put_undeprecated(step.field->name, value);
    }

    void put(const Step& step, const Directive& directive) {
        const auto& name = step.field->name;
        if (name == "isRepeatable")
            flag(false);
        else if (name == "locations")
            list(directive.locations, [&](const std::string& location) { text(location); });
        else if (name == "args")
            arguments(step, directive.arguments);
        else
            put_name(name, directive);
    }

    /// Only fields of our own schema can be deprecated.
    template <class Named>
    void put_undeprecated(std::string_view name, const Named& item) {
        if (name == "isDeprecated")
            flag(false);
        else
            put_name(name, item);
    }

    template <class Named>
    void put_name(std::string_view name, const Named& item) {
        if (name == "name")
            text(item.name);
        else if (name == "description")
            text_or_null(item.text);
        else
            null();
    }

    void arguments(const Step& step, const std::vector<InputValue>& values) {
        list(values, [&](const InputValue& argument) { object(step, argument); });
    }

    void type_or_null(const Step& step, const Type* type) {
        if (type)
            object(step, TypeRef(*type));
        else
            null();
    }

    template <class Items, class Write>
    void list(const Items& items, Write write) {
        list(items, write, [](const auto&) { return true; });
    }
    template <class Items, class Write, class Predicate>
    void list(const Items& items, Write write, Predicate selected) {
        out_ += '[';
        bool first = true;
        for (const auto& item : items) {
            if (full()) return;
            if (!selected(item)) continue;
            if (!first) out_ += ',';
            first = false;
            write(item);
        }
        out_ += ']';
    }

    static bool with_deprecated(const Step& step) {
        const auto* asked = step.arguments.if_contains("includeDeprecated");
        return asked && asked->is_bool() && asked->get_bool();
    }

    static std::string_view kind_name(TypeRef type) {
        if (type.is_non_null()) return "NON_NULL";
        if (type.is_list()) return "LIST";
        switch (type.named().kind) {
            case TypeKind::scalar: return "SCALAR";
            case TypeKind::object: return "OBJECT";
            case TypeKind::union_of: return "UNION";
            case TypeKind::enumeration: return "ENUM";
            case TypeKind::input_object: break;
        }
        return "INPUT_OBJECT";
    }

    void text(std::string_view value) { append_json_string(out_, value); }
    void text_or_null(std::string_view value) {
        if (value.empty())
            null();
        else
            text(value);
    }
    void flag(bool value) { out_ += value ? "true" : "false"; }
    void null() { out_ += "null"; }

    std::string& out_;
    const Plan& plan_;
    std::size_t size_max_;
};

}  // namespace

bool append_introspection(std::string& out,
                          const Plan& plan,
                          const Step& step,
                          std::size_t& bytes_left) {
    const auto start = out.size();
    if (!Introspection(out, plan, bytes_left).root(step)) return false;
    bytes_left -= out.size() - start;
    return true;
}

}  // namespace rotacast::graphql

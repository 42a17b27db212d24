// 5.6 Values.

#include "graphql/did_you_mean.hpp"
#include "graphql/rules.hpp"

#include <fmt/format.h>

namespace rotacast::graphql {
namespace {

using Kind = ast::Value::Kind;

class ValueCheck {
  public:
    explicit ValueCheck(Report& report) : report_(report) {}

    void check(const ast::Value& value, TypeRef type) {
        if (value.kind == Kind::variable || report_.full()) return;  // 5.8.5
        if (value.kind == Kind::null) {
            if (type.is_non_null()) unexpected(value, type);
            return;
        }
        const auto nullable = type.nullable();
        const auto& named = type.named();
        if (value.kind == Kind::list && nullable.is_list()) {
            for (const auto& item : value.items) check(item, nullable.inner());
        } else if (value.kind == Kind::object && named.kind == TypeKind::input_object) {
            check_fields(value, named);
        } else if (!named.is_leaf()) {
            unexpected(value, type);
        } else if (named.scalar != ScalarKind::any) {
            check_leaf(value, type);
        }
    }

  private:
    void check_fields(const ast::Value& value, const Type& type) {
        for (const auto& field : type.input_fields) {
            bool given = false;
            for (const auto& each : value.fields) given |= each.name.text == field.name;
            if (!given && field.is_required())
                report_.add(fmt::format("Field \"{}.{}\" of required type \"{}\" was not provided.",
                                        type.name,
                                        field.name,
                                        to_string(field.type)),
                            {value.location});
        }
        for (const auto& field : value.fields) {
            if (const auto* known = type.find_input_field(field.name.text))
                check(field.value, known->type);
            else
                report_.add(fmt::format("Field \"{}\" is not defined by type \"{}\".{}",
                                        field.name.text,
                                        type.name,
                                        did_you_mean(field.name.text, type.input_fields)),
                            {field.name.location});
        }
    }

    void check_leaf(const ast::Value& value, TypeRef type) {
        if (value.kind == Kind::list || value.kind == Kind::object) {
            unexpected(value, type);
            return;
        }
        auto leaf = leaf_of(type.named(), value);
        if (!leaf.value) report_.add(std::move(leaf.problem), {value.location});
    }

    void unexpected(const ast::Value& value, TypeRef type) {
        report_.add(
            fmt::format("Expected value of type \"{}\", found {}.", to_string(type), print(value)),
            {value.location});
    }

    Report& report_;
};

void check_unique(const ast::Value& value, Report& report) {
    std::unordered_map<std::string_view, Location> known;
    for (const auto& field : value.fields) {
        const auto [first, fresh] = known.try_emplace(field.name.text, field.name.location);
        if (!fresh)
            report.add(
                fmt::format("There can be only one input field named \"{}\".", field.name.text),
                {first->second, field.name.location});
        check_unique(field.value, report);
    }
    for (const auto& item : value.items) check_unique(item, report);
}

}  // namespace

void values_of_correct_type(const Facts& facts, Report& report) {
    ValueCheck values(report);
    for (const auto& [value, type] : facts.values)
        if (type) values.check(*value, *type);
}

void unique_input_field_names(const Facts& facts, Report& report) {
    for (const auto& use : facts.values) check_unique(*use.value, report);
}

}  // namespace rotacast::graphql

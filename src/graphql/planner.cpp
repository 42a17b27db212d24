#include "graphql/planner.hpp"

#include "base/json_text.hpp"
#include "graphql/argument_budget.hpp"
#include "graphql/collect.hpp"
#include "graphql/parser.hpp"

#include <fmt/format.h>

namespace rotacast::graphql {
namespace {

class Planner {
  public:
    Planner(const Schema& schema,
            const ast::Document& document,
            const Variables& variables,
            const Limits& limits,
            GraphqlErrors& errors)
        : variables_(variables),
          limits_(limits),
          errors_(errors),
          collector_(schema, document, variables, limits.selections_max),
          arguments_(variables, limits.argument_bytes_max),
          plan_(std::make_unique<Plan>()) {
        plan_->schema = &schema;
        plan_->introspection_bytes_max = limits.introspection_bytes_max;
    }

    std::unique_ptr<const Plan> plan(const ast::Operation& operation) {
        const auto& type = root_type(*plan_->schema, operation.kind);
        plan_->root = plan_set(type, {&operation.selections}, 1);
        for (auto i = plan_->root.first; i < plan_->root.first + plan_->root.count; ++i)
            plan_root(plan_->steps[i]);
        if (plan_->root_fields.size() > limits_.root_fields_max)
            refuse(fmt::format("The operation has more than {} root fields.",
                               limits_.root_fields_max));
        if (operation.kind == OperationKind::subscription && plan_->root_fields.size() != 1)
            errors_.push_back({.message = "A subscription must select one field.",
                               .locations = {operation.location}});
        if (!errors_.empty()) return nullptr;
        append_shape(type.name, plan_->root);
        return std::move(plan_);
    }

  private:
    Range plan_set(const Type& object, const SelectionSets& sets, std::size_t depth) {
        const auto groups = collector_.collect(object, sets);
        const Range range{static_cast<std::uint32_t>(plan_->steps.size()),
                          static_cast<std::uint32_t>(groups.size())};
        if (!within_limits(depth, groups.size())) return {};
        plan_->steps.resize(plan_->steps.size() + groups.size());
        for (std::uint32_t i = 0; i < range.count; ++i) {
            auto step = plan_field(object, groups[i], depth);
            plan_->steps[range.first + i] = std::move(step);
        }
        return range;
    }

    Step plan_field(const Type& object, const FieldGroup& group, std::size_t depth) {
        const auto* field = plan_->schema->find_field(object, group.first().name.text);
        Step step;
        step.response_key = group.response_key;
        step.parent = &object;
        step.field = field;
        append_json_string(step.key, group.response_key);
        step.key += ':';
        for (const auto* selection : group.fields) step.locations.push_back(selection->location);
        const auto& named = field->type.named();
        if (field->name == "__typename") {
            step.how = Step::How::type_name;
        } else if (named.kind == TypeKind::union_of) {
            step.how = Step::How::union_of;
            step.below = plan_variants(named, group, depth);
        } else if (named.kind == TypeKind::object) {
            step.how = named.name.starts_with("__") ? Step::How::introspection : Step::How::object;
            step.below = plan_set(named, sets_beneath(group), depth + 1);
        }
        if (!field->arguments.empty()) plan_arguments(step, group.first());
        return step;
    }

    void plan_arguments(Step& step, const ast::Selection& selection) {
        if (!arguments_.take(selection.arguments))
            return refuse(fmt::format("The operation's arguments have more than {} bytes.",
                                      limits_.argument_bytes_max));
        step.arguments = coerce_arguments(
            step.field->arguments, selection.arguments, selection.location, variables_, errors_);
    }

    Range plan_variants(const Type& type, const FieldGroup& group, std::size_t depth) {
        const auto sets = sets_beneath(group);
        std::vector<Variant> variants;
        for (const auto* member : type.members)
            variants.push_back({member, plan_set(*member, sets, depth + 1)});
        const Range range{static_cast<std::uint32_t>(plan_->variants.size()),
                          static_cast<std::uint32_t>(variants.size())};
        plan_->variants.insert(plan_->variants.end(), variants.begin(), variants.end());
        return range;
    }

    void plan_root(Step& step) {
        if (step.how == Step::How::type_name || step.how == Step::How::introspection) return;
        step.result = static_cast<std::int32_t>(plan_->root_fields.size());
        plan_->root_fields.push_back({step.field->name,
                                      step.response_key,
                                      std::move(step.arguments),
                                      step.locations.front()});
    }

    bool within_limits(std::size_t depth, std::size_t more) {
        if (!errors_.empty()) return false;
        if (!collector_.good())
            refuse(
                fmt::format("The document asks for more than {} selections when its fragments "
                            "are followed.",
                            limits_.selections_max));
        else if (depth > limits_.depth_max)
            refuse(fmt::format("The document asks for more than {} levels.", limits_.depth_max));
        else if (plan_->steps.size() + more > limits_.fields_max)
            refuse(fmt::format("The document asks for more than {} fields.", limits_.fields_max));
        return errors_.empty();
    }

    void refuse(std::string message) {
        if (errors_.empty()) errors_.push_back(limit_error(std::move(message)));
    }

    /// Includes the locations, because errors contain them.
    void append_shape(std::string_view type, Range range) {
        auto& shape = plan_->shape;
        shape += type;
        shape += '{';
        for (const auto& step : plan_->at(range)) {
            shape += step.key;
            shape += step.field->name;
            if (!step.arguments.empty()) reflect::append_json(shape, step.arguments);
            for (const auto& location : step.locations)
                shape += fmt::format("@{}:{}", location.line, location.column);
            if (step.how == Step::How::union_of)
                for (const auto& variant : plan_->variants_at(step.below))
                    append_shape(variant.type->name, variant.steps);
            else if (step.below.count > 0)
                append_shape(step.field->type.named().name, step.below);
            shape += ' ';
        }
        shape += '}';
    }

    const Variables& variables_;
    const Limits& limits_;
    GraphqlErrors& errors_;
    Collector collector_;
    ArgumentBudget arguments_;
    std::unique_ptr<Plan> plan_;
};

}  // namespace

const Type& root_type(const Schema& schema, OperationKind kind) {
    switch (kind) {
        case OperationKind::mutation: return schema.mutation();
        case OperationKind::subscription: return schema.subscription();
        default: return schema.query();
    }
}

std::unique_ptr<const Plan> make_plan(const Schema& schema,
                                      const ast::Document& document,
                                      const ast::Operation& operation,
                                      const Variables& variables,
                                      const Limits& limits,
                                      GraphqlErrors& errors) {
    return Planner(schema, document, variables, limits, errors).plan(operation);
}

}  // namespace rotacast::graphql

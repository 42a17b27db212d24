// Serializes results (September 2025, 6.4.3, 6.4.4, 7.1).

#include "graphql/introspection.hpp"
#include "graphql/plan.hpp"

#include "base/json_text.hpp"

#include <fmt/format.h>

#include <limits>

namespace rotacast::graphql {
namespace {

// Reserved size, so that the text of a typical event is not reallocated.
constexpr std::size_t typical_bytes = 512;

/// The path of the current value, innermost element first; lives on the stack of the traversal.
struct Place {
    const Place* outer = nullptr;
    const std::string* key = nullptr;  ///< null: a list, see `index`
    std::size_t index = 0;
};

json::array path_of(const Place* place) {
    json::array path;
    for (; place; place = place->outer) {
        if (place->key)
            path.insert(path.begin(), json::value(*place->key));
        else
            path.insert(path.begin(), json::value(place->index));
    }
    return path;
}

class Completion {
  public:
    Completion(const Plan& plan, std::span<const RootResult> results)
        : plan_(plan), results_(results), introspection_left_(plan.introspection_bytes_max) {}

    std::string text(const json::object* extensions) {
        out_.reserve(typical_bytes);
        out_ += R"({"data":)";
        const auto start = out_.size();
        if (!put_root()) {
            out_.resize(start);
            out_ += "null";
        }
        if (!errors_.empty()) {
            out_ += R"(,"errors":)";
            append_errors(out_, errors_);
        }
        if (extensions && !extensions->empty()) {
            out_ += R"(,"extensions":)";
            reflect::append_json(out_, *extensions);
        }
        out_ += '}';
        return std::move(out_);
    }

  private:
    // Each put() writes a value, which may be null, and returns true; or it notes an error and
    // returns false, and the enclosing value must become null.

    bool put_root() {
        out_ += '{';
        for (const auto& step : plan_.at(plan_.root)) {
            if (out_.back() != '{') out_ += ',';
            out_ += step.key;
            const Place place{nullptr, &step.response_key};
            if (!put_root_field(step, place)) return false;
        }
        out_ += '}';
        return true;
    }

    bool put_root_field(const Step& step, const Place& place) {
        if (step.how == Step::How::type_name) return put_type_name(step);
        if (step.how == Step::How::introspection) return put_introspection(step, place);
        const auto& result = results_[static_cast<std::size_t>(step.result)];
        if (!result.error) return put(step, step.field->type, result.data, place);
        auto error = *result.error;
        error.locations = step.locations;
        error.path = path_of(&place);
        errors_.push_back(std::move(error));
        return put_null(step.field->type);
    }

    bool put_introspection(const Step& step, const Place& place) {
        const auto start = out_.size();
        if (append_introspection(out_, plan_, step, introspection_left_)) return true;
        out_.resize(start);
        note(step,
             place,
             ErrorCode::too_large,
             "The answer to the introspection is too large; ask for less of it.");
        return put_null(step.field->type);
    }

    bool put_null(TypeRef type) {
        if (type.is_non_null()) return false;
        out_ += "null";
        return true;
    }

    bool put(const Step& step, TypeRef type, const json::value* value, const Place& place) {
        if (!value || value->is_null()) {
            if (!type.is_non_null()) return put_null(type);
            note(step,
                 place,
                 ErrorCode::internal,
                 fmt::format("Cannot return null for non-nullable field {}.{}.",
                             step.parent->name,
                             step.field->name));
            return false;
        }
        const auto start = out_.size();
        const auto nullable = type.nullable();
        const bool good = nullable.is_list() ? put_list(step, nullable.inner(), *value, place)
                                             : put_named(step, *value, place);
        if (good) return true;
        out_.resize(start);
        return put_null(type);
    }

    bool put_list(const Step& step, TypeRef item, const json::value& value, const Place& place) {
        const auto* list = value.if_array();
        if (!list) return put_type_error(step, place, "a list");
        out_ += '[';
        for (std::size_t i = 0; i < list->size(); ++i) {
            if (i > 0) out_ += ',';
            if (!put(step, item, &(*list)[i], Place{&place, nullptr, i})) return false;
        }
        out_ += ']';
        return true;
    }

    bool put_named(const Step& step, const json::value& value, const Place& place) {
        if (step.how == Step::How::leaf) return put_leaf(step, value, place);
        const auto* object = value.if_object();
        if (!object) return put_type_error(step, place, "an object");
        if (step.how == Step::How::object) return put_steps(step.below, *object, place);
        const auto* name = object->if_contains("__typename");
        for (const auto& variant : plan_.variants_at(step.below))
            if (name && name->is_string() && name->get_string() == variant.type->name)
                return put_steps(variant.steps, *object, place);
        return put_type_error(step, place, "one of its types");
    }

    bool put_steps(Range range, const json::object& object, const Place& place) {
        out_ += '{';
        bool first = true;
        for (const auto& step : plan_.at(range)) {
            if (!first) out_ += ',';
            first = false;
            out_ += step.key;
            if (step.how == Step::How::type_name) {
                put_type_name(step);
                continue;
            }
            const Place below{&place, &step.response_key};
            if (!put(step, step.field->type, object.if_contains(step.field->name), below))
                return false;
        }
        out_ += '}';
        return true;
    }

    bool put_type_name(const Step& step) {
        append_json_string(out_, step.parent->name);
        return true;
    }

    /// Only Int can fail: our data may exceed its range (3.5.1).
    bool put_leaf(const Step& step, const json::value& value, const Place& place) {
        const auto kind = step.field->type.named().scalar;
        if (kind == ScalarKind::integer) {
            constexpr std::int64_t max = std::numeric_limits<std::int32_t>::max();
            const auto* number = value.if_int64();
            if (!number || *number > max || *number < -max - 1)
                return put_type_error(step, place, "a 32-bit signed integer");
        }
        reflect::append_json(out_, value);
        return true;
    }

    bool put_type_error(const Step& step, const Place& place, std::string_view wanted) {
        note(step,
             place,
             ErrorCode::internal,
             fmt::format(
                 "The value of {}.{} is not {}.", step.parent->name, step.field->name, wanted));
        return false;
    }

    void note(const Step& step, const Place& place, ErrorCode code, std::string message) {
        auto& error = errors_.emplace_back(to_graphql_error({code, std::move(message), ""}));
        error.locations = step.locations;
        error.path = path_of(&place);
    }

    const Plan& plan_;
    std::span<const RootResult> results_;
    std::size_t introspection_left_;
    std::string out_;
    GraphqlErrors errors_;
};

}  // namespace

std::string complete(const Operation& operation,
                     std::span<const RootResult> results,
                     const json::object* extensions) {
    return Completion(operation.plan(), results).text(extensions);
}

std::string refusal_text(const GraphqlErrors& errors) {
    std::string out = R"({"errors":)";
    append_errors(out, errors);
    return out + '}';
}

}  // namespace rotacast::graphql

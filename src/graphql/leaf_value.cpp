// Coerces each kind of scalar, and enumerations (September 2025, 3.5, 3.9).

#include "graphql/coercion.hpp"
#include "graphql/did_you_mean.hpp"
#include "graphql/inspect.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

namespace rotacast::graphql {
namespace {

constexpr std::int64_t int_max = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t int_min = std::numeric_limits<std::int32_t>::min();

template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// JSON does not distinguish integers: 5.0 is one, too.
std::optional<std::int64_t> whole(const json::value& value) {
    if (value.is_int64()) return value.get_int64();
    if (!value.is_double()) return std::nullopt;
    const auto number = value.get_double();
    if (number != std::trunc(number) || std::abs(number) > 9e15) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

LeafValue problem(std::string text) {
    return {std::nullopt, std::move(text)};
}

/// `shown` is the value as the error message prints it.
LeafValue integer_of(std::optional<std::int64_t> number, bool numeric, const std::string& shown) {
    if (!number && !numeric)
        return problem(fmt::format("Int cannot represent non-integer value: {}", shown));
    if (!number || *number > int_max || *number < int_min)
        return problem(
            fmt::format("Int cannot represent non 32-bit signed integer value: {}", shown));
    return {json::value(*number)};
}

LeafValue big_integer_of(std::optional<std::int64_t> number, const std::string& shown) {
    if (!number)
        return problem(fmt::format("BigInt cannot represent non-integer value: {}", shown));
    return {json::value(*number)};
}

LeafValue text_of(ScalarKind kind, std::string_view text, const std::string& shown) {
    const bool fits = kind == ScalarKind::date
                          ? text.size() == 10 && parse_timestamp(text)
                          : kind != ScalarKind::date_time || parse_timestamp(text);
    if (!fits && kind == ScalarKind::date)
        return problem(fmt::format("Date cannot represent an invalid day: {}", shown));
    if (!fits)
        return problem(fmt::format("DateTime cannot represent an invalid moment: {}", shown));
    return {json::value(text)};
}

std::string_view needs(ScalarKind kind) {
    switch (kind) {
        case ScalarKind::number: return "Float cannot represent non numeric value: ";
        case ScalarKind::boolean: return "Boolean cannot represent a non boolean value: ";
        case ScalarKind::string: return "String cannot represent a non string value: ";
        case ScalarKind::id: return "ID cannot represent a non-string and non-integer value: ";
        case ScalarKind::date: return "Date cannot represent a non string value: ";
        case ScalarKind::date_time: return "DateTime cannot represent a non string value: ";
        default: return "Cursor cannot represent a non string value: ";
    }
}

LeafValue enum_of(const Type& type, std::string_view value) {
    if (type.has_value(value)) return {json::value(value)};
    return problem(fmt::format("Value \"{}\" does not exist in \"{}\" enum.{}",
                               value,
                               type.name,
                               did_you_mean(value, type.values, "the enum value ")));
}

json::value any_of(const ast::Value& literal) {
    using enum ast::Value::Kind;
    switch (literal.kind) {
        case integer:
            if (const auto number = number_of<std::int64_t>(literal.text)) return *number;
            [[fallthrough]];
        case number: return number_of<double>(literal.text).value_or(0.0);
        case boolean: return literal.text == "true";
        case null: return nullptr;
        default: return json::value(literal.text);
    }
}

}  // namespace

LeafValue leaf_of(const Type& leaf, const json::value& given) {
    if (leaf.kind == TypeKind::enumeration) {
        if (given.is_string()) return enum_of(leaf, given.get_string());
        return problem(fmt::format(
            "Enum \"{}\" cannot represent non-string value: {}.", leaf.name, inspect(given)));
    }
    const auto shown = [&] { return inspect(given); };
    switch (leaf.scalar) {
        case ScalarKind::integer: {
            const bool fraction =
                given.is_double() && given.get_double() != std::trunc(given.get_double());
            return integer_of(whole(given), given.is_number() && !fraction, shown());
        }
        case ScalarKind::big_integer: return big_integer_of(whole(given), shown());
        case ScalarKind::number:
            if (given.is_number()) return {given};
            break;
        case ScalarKind::boolean:
            if (given.is_bool()) return {given};
            break;
        case ScalarKind::id:
            if (given.is_string()) return {given};
            if (given.is_uint64()) return {json::value(std::to_string(given.get_uint64()))};
            if (const auto number = whole(given)) return {json::value(std::to_string(*number))};
            break;
        case ScalarKind::string:
        case ScalarKind::cursor:
            if (given.is_string()) return {given};
            break;
        case ScalarKind::date:
        case ScalarKind::date_time:
            if (given.is_string()) return text_of(leaf.scalar, given.get_string(), shown());
            break;
        default: return {given};
    }
    return problem(std::string(needs(leaf.scalar)) + shown());
}

LeafValue leaf_of(const Type& leaf, const ast::Value& literal) {
    using enum ast::Value::Kind;
    if (leaf.kind == TypeKind::enumeration) {
        if (literal.kind == enumeration) return enum_of(leaf, literal.text);
        return problem(fmt::format("Enum \"{}\" cannot represent non-enum value: {}.{}",
                                   leaf.name,
                                   print(literal),
                                   did_you_mean(literal.text, leaf.values, "the enum value ")));
    }
    const auto as_integer = [&]() -> std::optional<std::int64_t> {
        if (literal.kind != integer) return std::nullopt;
        return number_of<std::int64_t>(literal.text);
    };
    const auto shown = [&] { return print(literal); };
    switch (leaf.scalar) {
        case ScalarKind::integer: return integer_of(as_integer(), literal.kind == integer, shown());
        case ScalarKind::big_integer: return big_integer_of(as_integer(), shown());
        case ScalarKind::number:
            if (literal.kind == integer || literal.kind == number)
                if (const auto value = number_of<double>(literal.text))
                    return {json::value(*value)};
            break;
        case ScalarKind::boolean:
            if (literal.kind == boolean) return {json::value(literal.text == "true")};
            break;
        case ScalarKind::id:
            if (literal.kind == string || literal.kind == integer)
                return {json::value(literal.text)};
            break;
        case ScalarKind::string:
        case ScalarKind::cursor:
            if (literal.kind == string) return {json::value(literal.text)};
            break;
        case ScalarKind::date:
        case ScalarKind::date_time:
            if (literal.kind == string) return text_of(leaf.scalar, literal.text, shown());
            break;
        default: return {any_of(literal)};
    }
    return problem(std::string(needs(leaf.scalar)) + shown());
}

}  // namespace rotacast::graphql

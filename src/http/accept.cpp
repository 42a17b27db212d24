#include "http/accept.hpp"

#include <boost/beast/core/string.hpp>

#include "http/field_value.hpp"

#include <algorithm>
#include <cstddef>

namespace rotacast::http {
namespace {

using boost::beast::iequals;

struct Parameter {
    std::string_view name;
    std::string_view value;  // without quotes
};

Parameter take_parameter(std::string_view& parameters) {
    auto value = take_first(parameters, ';');
    const auto name = take_first(value, '=');
    value = without_blanks(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    return {name, value};
}

bool has_parameter(std::string_view parameters, const Parameter& wanted) {
    while (!parameters.empty()) {
        const auto found = take_parameter(parameters);
        if (iequals(found.name, wanted.name) && iequals(found.value, wanted.value)) return true;
    }
    return false;
}

/// `0.125`, and also `.125` and `1.5`; nullopt if it is no such number.
std::optional<Quality> weight_of(std::string_view text) {
    unsigned thousandths = 0;
    unsigned unit = quality_max;
    bool fraction = false;
    for (const char c : text) {
        if (c == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (c < '0' || c > '9') return std::nullopt;
        if (fraction) unit /= 10;
        const auto digit = static_cast<unsigned>(c - '0');
        thousandths = std::min<unsigned>(
            quality_max, fraction ? thousandths + digit * unit : thousandths * 10 + digit * unit);
    }
    if (text.empty() || text == ".") return std::nullopt;
    return static_cast<Quality>(thousandths);
}

Quality weight_in(std::string_view parameters) {
    while (!parameters.empty()) {
        const auto [name, value] = take_parameter(parameters);
        if (iequals(name, "q")) return weight_of(value).value_or(quality_max);
    }
    return quality_max;
}

/// How exactly a range names a type, from least to most.
enum class Exactness : std::uint8_t { none, anything, any_subtype, itself };

bool is_range(std::string_view name) {
    const auto slash = name.find('/');
    if (slash == std::string_view::npos) return name == "*";
    return slash > 0 && slash + 1 < name.size() && (!name.starts_with('*') || name == "*/*");
}

Exactness exactness(std::string_view range, std::string_view parameters, std::string_view type) {
    if (range == "*" || range == "*/*") return Exactness::anything;
    auto wanted = type;
    const auto name = take_first(wanted, ';');
    if (range.ends_with("/*")) {
        const auto prefix = range.substr(0, range.size() - 1);
        return iequals(name.substr(0, prefix.size()), prefix) ? Exactness::any_subtype
                                                              : Exactness::none;
    }
    if (!iequals(range, name)) return Exactness::none;
    while (!wanted.empty())
        if (!has_parameter(parameters, take_parameter(wanted))) return Exactness::none;
    return Exactness::itself;
}

struct Match {
    Exactness exactness = Exactness::none;
    Quality quality = 0;
    std::size_t place = 0;  // of the range among the others
};

Match match_of(std::string_view accept, std::string_view type) {
    Match best;
    std::size_t ranges = 0;
    while (!accept.empty()) {
        auto parameters = take_first(accept, ',');
        const auto range = take_first(parameters, ';');
        if (!is_range(range)) continue;
        const Match match{exactness(range, parameters, type), weight_in(parameters), ranges++};
        if (match.exactness == Exactness::none || match.exactness < best.exactness) continue;
        if (match.exactness > best.exactness || match.quality > best.quality) best = match;
    }
    return ranges == 0 ? Match{Exactness::anything, quality_max, 0} : best;
}

}  // namespace

Quality quality_of(std::string_view accept, std::string_view media_type) {
    return match_of(accept, media_type).quality;
}

bool names(std::string_view accept, std::string_view media_type) {
    const auto match = match_of(accept, media_type);
    return match.exactness == Exactness::itself && match.quality > 0;
}

std::optional<std::string_view> best_of(std::string_view accept,
                                        std::span<const std::string_view> offered) {
    std::optional<std::string_view> best;
    Match of_best;
    for (const auto type : offered) {
        const auto match = match_of(accept, type);
        const bool better = match.quality > of_best.quality ||
                            (match.quality == of_best.quality && match.place < of_best.place);
        if (match.quality == 0 || !better) continue;
        best = type;
        of_best = match;
    }
    return best;
}

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
    std::optional<Quality> of_any;
    while (!accept_encoding.empty()) {
        auto parameters = take_first(accept_encoding, ',');
        const auto name = take_first(parameters, ';');
        if (iequals(name, coding)) return weight_in(parameters) > 0;
        if (name == "*") of_any = weight_in(parameters);
    }
    return of_any.value_or(0) > 0;
}

}  // namespace rotacast::http

#include "auth/algorithm.hpp"

#include <array>
#include <utility>

namespace rotacast::auth {
namespace {

constexpr std::array<std::pair<Algorithm, std::string_view>, 3> names_of{{
    {Algorithm::hs256, "HS256"},
    {Algorithm::rs256, "RS256"},
    {Algorithm::es256, "ES256"},
}};

}  // namespace

std::string_view to_string(Algorithm algorithm) {
    for (const auto& [known, name] : names_of)
        if (known == algorithm) return name;
    return {};
}

std::optional<Algorithm> parse_algorithm(std::string_view name) {
    for (const auto& [algorithm, known] : names_of)
        if (known == name) return algorithm;
    return std::nullopt;
}

Result<std::vector<Algorithm>> parse_algorithms(const std::vector<std::string>& names) {
    std::vector<Algorithm> algorithms;
    for (const auto& name : names) {
        const auto algorithm = parse_algorithm(name);
        if (!algorithm)
            return Error{ErrorCode::config_invalid,
                         "tokens.algorithms takes HS256, RS256 and ES256, not " + name,
                         "tokens.algorithms"};
        algorithms.push_back(*algorithm);
    }
    if (algorithms.empty())
        return Error{ErrorCode::config_invalid,
                     "tokens.algorithms is empty, so no token could be taken",
                     "tokens.algorithms"};
    return algorithms;
}

}  // namespace rotacast::auth

#pragma once

// What variables become when they are put in where they are used: a document of 4 KB can name a
// variable of megabytes two thousand times.

#include "graphql/ast.hpp"
#include "graphql/coercion.hpp"

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rotacast::graphql {

/// About as many as the value takes in memory.
std::size_t bytes_held(const json::value& value);

/// For one operation. `variables` outlives it.
class ArgumentBudget {
  public:
    ArgumentBudget(const Variables& variables, std::size_t bytes_max)
        : variables_(variables), left_(bytes_max) {}

    /// Before these are made into values. False: they would be too much, with those before them.
    bool take(const std::vector<ast::Argument>& arguments);

  private:
    bool take(const ast::Value& value);
    std::size_t bytes_of(std::string_view variable);

    const Variables& variables_;
    std::size_t left_;
    std::unordered_map<std::string_view, std::size_t> known_;  // each is measured once
};

}  // namespace rotacast::graphql

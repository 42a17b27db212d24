#pragma once

// Bounds the memory of an operation's arguments after variables are substituted: a document of 4 KB
// can use a variable of a megabyte two thousand times.

#include "graphql/ast.hpp"
#include "graphql/coercion.hpp"

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rotacast::graphql {

/// The approximate size of the value in memory, in bytes.
std::size_t bytes_held(const json::value& value);

/// Used for one operation. `variables` must outlive it.
class ArgumentBudget {
  public:
    ArgumentBudget(const Variables& variables, std::size_t bytes_max)
        : variables_(variables), left_(bytes_max) {}

    /// Call before these arguments are coerced. Returns false if they would exceed the budget,
    /// together with those before them.
    bool take(const std::vector<ast::Argument>& arguments);

  private:
    bool take(const ast::Value& value);
    std::size_t bytes_of(std::string_view variable);

    const Variables& variables_;
    std::size_t left_;
    std::unordered_map<std::string_view, std::size_t> known_;  // each is measured once
};

}  // namespace rotacast::graphql

#pragma once

// Tokens into a tree: the syntactical half of the language (September 2025, 2). Executable
// documents only; definitions of types are a syntax error here.
//
// By recursive descent, not by a PEG: an answer says what was expected and what was found in its
// place, and hostile nesting ends at a bound instead of the stack's end.

#include "graphql/ast.hpp"

#include <variant>

namespace rotacast::graphql {

struct ParseFailure {
    GraphqlError error;
    bool syntax = true;  ///< no: a bound was reached
};

/// `source` must outlive the document. O(n) in time and memory, bounded by `limits`.
std::variant<ast::Document, ParseFailure> parse(std::string_view source, const Limits& limits);

/// The refusal of what is beyond a bound.
GraphqlError limit_error(std::string message, std::vector<Location> locations = {});

}  // namespace rotacast::graphql

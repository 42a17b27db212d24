#pragma once

// Parses the tokens of a document into a tree (September 2025, 2). Accepts executable documents
// only; type definitions are a syntax error.
//
// A recursive-descent parser rather than a PEG: errors say what was expected and what was found
// instead, and hostile nesting ends at a limit before the stack overflows.

#include "graphql/ast.hpp"

#include <variant>

namespace rotacast::graphql {

struct ParseFailure {
    GraphqlError error;
    bool syntax = true;  ///< false: a limit was reached
};

/// `source` must outlive the document. Takes O(n) time and memory, bounded by `limits`.
std::variant<ast::Document, ParseFailure> parse(std::string_view source, const Limits& limits);

/// The error for exceeding a limit.
GraphqlError limit_error(std::string message, std::vector<Location> locations = {});

}  // namespace rotacast::graphql

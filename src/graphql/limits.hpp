#pragma once

// Limits on a document and its result. Each has its own error message; all have the error code
// `too_large`.

#include "config/graphql.hpp"

#include <cstddef>

namespace rotacast::graphql {

struct Limits {
    /// For comparison: GraphiQL's introspection query has 2 KB and 300 tokens.
    std::size_t document_bytes_max = config::Graphql{}.document_bytes_max;
    std::size_t tokens_max = config::Graphql{}.tokens_max;
    /// Nesting depth of braces, brackets and parentheses, as written.
    std::size_t nesting_max = config::Graphql{}.nesting_max;
    /// Nesting depth of fields after fragments are followed. The usual introspection query needs
    /// 14.
    std::size_t depth_max = config::Graphql{}.depth_max;
    /// Fields of the plan, after aliases and fragments are expanded.
    std::size_t fields_max = config::Graphql{}.fields_max;
    /// Root fields per operation: each costs a read of the journal or the store.
    std::size_t root_fields_max = config::Graphql{}.root_fields_max;
    /// Selections visited while fragments are expanded, in validation and in planning.
    std::size_t selections_max = config::Graphql{}.selections_max;
    /// All arguments of an operation, after variables are substituted; a variable counts at each
    /// use.
    std::size_t argument_bytes_max = config::Graphql{}.argument_bytes_max;
    /// Errors reported in one response.
    std::size_t errors_max = 20;
    /// Text of introspection in one response. The whole schema has about 100 KB.
    std::size_t introspection_bytes_max = 1024 * 1024;
    bool introspection = true;  ///< `__schema` and `__type` are allowed
};

}  // namespace rotacast::graphql

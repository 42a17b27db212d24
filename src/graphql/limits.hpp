#pragma once

// Limits on a document and its result. Each has its own error message; all have the error code
// `too_large`.

#include <cstddef>

namespace rotacast::graphql {

struct Limits {
    /// For comparison: GraphiQL's introspection query has 2 KB and 300 tokens.
    std::size_t document_bytes_max = 64 * 1024;
    std::size_t tokens_max = 4'000;
    /// Nesting depth of braces, brackets and parentheses, as written.
    std::size_t nesting_max = 32;
    /// Nesting depth of fields after fragments are followed. The usual introspection query needs
    /// 14.
    std::size_t depth_max = 20;
    /// Fields of the plan, after aliases and fragments are expanded.
    std::size_t fields_max = 1'000;
    /// Root fields per operation: each costs a read of the journal or the store.
    std::size_t root_fields_max = 32;
    /// Selections visited while fragments are expanded, in validation and in planning.
    std::size_t selections_max = 10'000;
    /// All arguments of an operation, after variables are substituted; a variable counts at each
    /// use.
    std::size_t argument_bytes_max = 8 * 1024 * 1024;
    /// Errors reported in one response.
    std::size_t errors_max = 20;
    /// Text of introspection in one response. The whole schema has about 100 KB.
    std::size_t introspection_bytes_max = 1024 * 1024;
    bool introspection = true;  ///< `__schema` and `__type` are allowed
};

}  // namespace rotacast::graphql

#pragma once

// How much one document may ask for. Each bound has its sentence in the answer, and the number of
// `too_large`.

#include <cstddef>

namespace rotacast::graphql {

struct Limits {
    /// GraphiQL's introspection query has 2 KB and 300 tokens.
    std::size_t document_bytes_max = 64 * 1024;
    std::size_t tokens_max = 4'000;
    /// Braces, brackets and parentheses in one another, as written.
    std::size_t nesting_max = 32;
    /// Fields in one another when fragments are followed. The usual introspection needs 14.
    std::size_t depth_max = 20;
    /// Fields of an answer's plan, aliases and fragments multiplied out.
    std::size_t fields_max = 1'000;
    /// Root fields of one operation: each costs a look into the journal or the store.
    std::size_t root_fields_max = 32;
    /// Selections looked at while fragments are multiplied out, in validation and in the plan.
    std::size_t selections_max = 10'000;
    /// Of all arguments of an operation, variables put in as often as they are used.
    std::size_t argument_bytes_max = 8 * 1024 * 1024;
    /// Errors named in one answer.
    std::size_t errors_max = 20;
    /// Of introspection in one answer; the whole schema has about 100 KB.
    std::size_t introspection_bytes_max = 1024 * 1024;
    bool introspection = true;  ///< `__schema` and `__type` may be asked for
};

}  // namespace rotacast::graphql

#pragma once

// `[graphql]`: GraphQL, and the bounds of its documents.

#include "config/section.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace rotacast::config {

struct Graphql {
    std::string introspection = "everybody";
    std::string graphiql = "off";
    std::int64_t init_timeout_s = 60;
    std::size_t operations_per_connection = 100;
    std::size_t operations_per_user = 1'000;
    std::size_t document_bytes_max = 65'536;
    std::size_t tokens_max = 4'000;
    std::size_t nesting_max = 32;
    std::size_t depth_max = 20;
    std::size_t fields_max = 1'000;
    std::size_t root_fields_max = 32;
    std::size_t selections_max = 10'000;
    std::size_t argument_bytes_max = 8 * 1'048'576;
};
DESCRIBE(Graphql,
         "GraphQL at /graphql.",
         (introspection,
          "Who may use introspection: all users, operators (admins and coordinators), or nobody.",
          one_of("everybody|operators|off")),
         (graphiql, "Whether GraphiQL is served at /graphiql.", one_of("on|off")),
         (init_timeout_s, "Time to send connection_init on a new connection.", between(1, 3'600)),
         (operations_per_connection, "Concurrent operations per connection.", between(1, 10'000)),
         (operations_per_user,
          "Concurrent operations per user, on all connections.",
          between(1, 1'000'000)),
         (document_bytes_max, "Largest document accepted.", between(1'024, mib)),
         (tokens_max,
          "Most tokens in a document; GraphiQL's introspection query has 300.",
          between(500, 100'000)),
         (nesting_max,
          "Deepest nesting of braces, brackets and parentheses in a document.",
          between(16, 200)),
         (depth_max,
          "Deepest nesting of fields, fragments expanded; the usual introspection has 14.",
          between(14, 100)),
         (fields_max,
          "Most fields of a result, with fragments expanded; aliases count separately.",
          between(100, 100'000)),
         (root_fields_max,
          "Most root fields of an operation; each queries the journal or the store.",
          between(1, 1'000)),
         (selections_max,
          "Most selections visited while a document is validated, with fragments expanded.",
          between(1'000, 1'000'000)),
         (argument_bytes_max,
          "Most bytes of all arguments of an operation; a variable counts as often as it is used.",
          between(65'536, 1'024 * mib)))

}  // namespace rotacast::config

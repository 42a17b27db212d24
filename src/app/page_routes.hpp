#pragma once

// Pages to people: where the files of page.hpp are had.

#include "net/router.hpp"

namespace rotacast::app {

/// The plain page at `/`.
void add_page_routes(net::Router& router);

/// GraphiQL at `/graphiql`. In a build without it, an answer that says how to have it.
void add_graphiql_routes(net::Router& router);

}  // namespace rotacast::app

#pragma once

// The routes of the pages that people open in a browser (files: embedded_files.hpp).

#include "http/router.hpp"

namespace rotacast::app {

/// The demo page at `/`.
void add_demo_page_routes(http::Router& router);

/// GraphiQL at `/graphiql`. A build without it answers 404 and says how to build one with it.
void add_graphiql_routes(http::Router& router);

}  // namespace rotacast::app

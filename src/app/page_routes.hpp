#pragma once

// The routes of the pages that people open in a browser (files: embedded_files.hpp).

#include "http/router.hpp"

namespace rotacast::app {

/// The demo page at `/`.
void add_demo_page_routes(http::Router& router);

/// GraphiQL at `/graphiql`. A build without it answers 404 and says how to build one with it.
void add_graphiql_routes(http::Router& router);

/// The contract's documents: /openapi.json, /asyncapi.json, /events.schema.json, and
/// /schema.graphql unless introspection is restricted to some users, which these routes do not
/// know.
void add_contract_routes(http::Router& router, bool schema_is_restricted);

/// The page that shows the contract, at `/docs`. A build without it answers 404 as GraphiQL's does.
void add_docs_page_routes(http::Router& router);

}  // namespace rotacast::app

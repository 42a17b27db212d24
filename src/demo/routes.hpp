#pragma once

// Routes of the demo page: the programme, and the speed of the simulator.

#include "auth/jwt.hpp"
#include "demo/programme.hpp"
#include "demo/simulator.hpp"
#include "http/router.hpp"

#include <atomic>
#include <string>

namespace rotacast::demo {

/// State that the routes read. The simulator is set once the server's address is known.
struct World {
    Programme programme;
    std::string programme_json = to_json(programme);
    auth::TokenVerifier verifier;
    std::atomic<Simulator*> simulator = nullptr;
};

/// Adds `GET /demo/programme.json`, and `GET` and `POST /demo/speed`; the last for operators only.
/// `world` must outlive the router.
void add_routes(http::Router& router, const World& world);

}  // namespace rotacast::demo

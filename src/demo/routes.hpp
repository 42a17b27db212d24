#pragma once

// What the demo's page asks for: the programme, and how fast it lives.

#include "auth/jwt.hpp"
#include "demo/programme.hpp"
#include "demo/simulator.hpp"
#include "net/router.hpp"

#include <atomic>
#include <string>

namespace rotacast::demo {

/// What the routes look at. The simulator comes when the server's address is known.
struct World {
    Programme programme;
    std::string programme_json = to_json(programme);
    auth::TokenVerifier verifier;
    std::atomic<Simulator*> simulator = nullptr;
};

/// `GET /demo/programme.json`, `GET` and `POST /demo/speed`; the last for operators only.
/// `world` outlives the router.
void add_routes(net::Router& router, const World& world);

}  // namespace rotacast::demo

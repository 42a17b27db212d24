#pragma once

// `[limits]`: what one client may take from the others.

#include "config/section.hpp"

#include <cstddef>

namespace rotacast::config {

struct Limits {
    std::size_t connections_per_user = 64;
    std::size_t connections_per_address = 20'000;
    std::size_t upgrades_per_second = 2'000;
    std::size_t upgrades_burst = 20'000;
    std::size_t commands_per_second = 100;
    std::size_t commands_burst = 500;
};
DESCRIBE(Limits,
         "Limits that protect other clients.",
         (connections_per_user,
          "Live connections of one user; 0 sets no bound.",
          between(0, 10'000'000)),
         (connections_per_address,
          "Live connections of one address (IPv6: of one /64); 0 sets no bound.",
          between(0, 10'000'000)),
         (upgrades_per_second,
          "New live connections of one address per second, sustained; 0 sets no bound.",
          between(0, 1'000'000)),
         (upgrades_burst,
          "New live connections of one address in a burst, as after a restart.",
          between(1, 10'000'000)),
         (commands_per_second,
          "Commands of one connection per second, sustained; 0 sets no bound.",
          between(0, 1'000'000)),
         (commands_burst,
          "Commands of one connection in a burst, as when a page opens.",
          between(1, 1'000'000)))

}  // namespace rotacast::config

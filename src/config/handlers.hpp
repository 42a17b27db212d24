#pragma once

// `[handlers]`: the server's own event handlers.

#include "config/section.hpp"

#include <string>
#include <vector>

namespace rotacast::config {

struct Handlers {
    std::string enabled = "on";
    std::vector<std::string> program_directors;
    std::string cache_keys = "off";
};
DESCRIBE(Handlers,
         "The server's own event handlers (docs/handlers.md).",
         (enabled, "Whether they run: notify users and write the handler log.", one_of("on|off")),
         (program_directors, "User names of the program directors; if empty, the admins."),
         (cache_keys,
          "Whether CacheInvalidated is published for webhooks: one more journal entry for each "
          "change of a schedule, assignment or swap.",
          one_of("on|off")))

}  // namespace rotacast::config

#pragma once

// Flags that select dead letters.

#include "reflect/json.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace rotacast::app {

struct DeadLetterFlags {
    std::int64_t id = 0;  ///< 0 and empty text: not given
    std::string subscriber;
    std::string event_type;
    std::string error;
    std::string event_id;
    bool all = false;

    /// Adds --subscriber, --event-type, --error, --event-id: for commands that only list.
    static std::shared_ptr<DeadLetterFlags> add_filter(CLI::App& app);
    /// Adds --id and --all, too: for commands that change dead letters. The server rejects a
    /// selection without any flag.
    static std::shared_ptr<DeadLetterFlags> add_selection(CLI::App& app);

    /// The given flags as a request body. The server validates it.
    reflect::json::object body() const;
    std::vector<std::pair<std::string_view, std::string>> query() const;
};

}  // namespace rotacast::app

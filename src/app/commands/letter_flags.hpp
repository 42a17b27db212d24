#pragma once

// Flags that say which dead letters.

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

struct LetterFlags {
    std::int64_t id = 0;  ///< 0: not given, as is empty text
    std::string subscriber;
    std::string event_type;
    std::string error;
    std::string event_id;
    bool all = false;

    /// --subscriber, --event-type, --error, --event-id: to look.
    static std::shared_ptr<LetterFlags> add_filter(CLI::App& app);
    /// With --id and --all, without which nothing means everything: to act.
    static std::shared_ptr<LetterFlags> add_selection(CLI::App& app);

    /// Of those given; a body for the server, which judges it.
    reflect::json::object body() const;
    std::vector<std::pair<std::string_view, std::string>> query() const;
};

}  // namespace rotacast::app

#pragma once

// What a subscription to events selects: its topics, and which of the publications on them (wire
// specification §4.7; docs/protocol.md, "GraphQL").

#include "base/error.hpp"
#include "graphql/engine.hpp"
#include "hub/publication.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::execution {

/// For one subscription; immutable. Whether its user may see the events is checked elsewhere, for
/// each event.
class EventSelection {
  public:
    /// Errors: `invalid_field` for invalid arguments.
    static Result<EventSelection> of(const graphql::RootField& field);

    bool wants(const hub::Publication& publication) const { return wants_(publication); }

    /// The topics to watch.
    const std::vector<hub::Topic>& topics() const { return topics_; }
    /// Whether it selects some of the events for everybody.
    bool of_everybody() const { return of_everybody_; }
    /// The person whose events it selects, if it names one.
    const std::optional<Uuid>& person() const { return person_; }
    /// The cursor to resume from; nullopt: only new events.
    const std::optional<std::string>& after() const { return after_; }

  private:
    std::function<bool(const hub::Publication&)> wants_;
    std::vector<hub::Topic> topics_;
    std::optional<Uuid> person_;
    std::optional<std::string> after_;
    bool of_everybody_ = false;

    friend struct SelectionMaker;
};

/// Whether a publication has another value under this root field than under others.
bool is_special(std::string_view root_field);

/// The GraphQL value of a publication under this root field; nullopt if it has none.
std::optional<graphql::json::object> data_for(std::string_view root_field,
                                              const hub::Publication& publication);

}  // namespace rotacast::execution

#pragma once

// What a subscription to events wants: on which topics it may come, and which of what comes there
// (wire specification §4.7; docs/protocol.md, "GraphQL").

#include "base/error.hpp"
#include "graphql/engine.hpp"
#include "hub/publication.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::execution {

/// Of one subscription; does not change. Whether its user may see what it wants is another
/// question, asked for each event.
class EventSelection {
  public:
    /// Errors: `invalid_field` for arguments that do not fit.
    static Result<EventSelection> of(const graphql::RootField& field);

    bool wants(const hub::Publication& publication) const { return wants_(publication); }

    /// To be watched.
    const std::vector<hub::Topic>& topics() const { return topics_; }
    /// Whether it wants some of what goes to everybody.
    bool of_everybody() const { return of_everybody_; }
    /// The one person that it is about, if it says so.
    const std::optional<Uuid>& person() const { return person_; }
    /// Where it goes on; nullopt: from now.
    const std::optional<std::string>& after() const { return after_; }

  private:
    std::function<bool(const hub::Publication&)> wants_;
    std::vector<hub::Topic> topics_;
    std::optional<Uuid> person_;
    std::optional<std::string> after_;
    bool of_everybody_ = false;

    friend struct SelectionMaker;
};

/// Whether a publication's value under this root field is another than under the others.
bool is_special(std::string_view root_field);

/// The GraphQL value of a publication under this root field; nullopt if it has none.
std::optional<graphql::json::object> data_for(std::string_view root_field,
                                              const hub::Publication& publication);

}  // namespace rotacast::execution

#pragma once

// The GraphQL values of a batch's events, made once on each loop, however many different selections
// are applied to them.

#include "graphql/engine.hpp"
#include "hub/publication_batch.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace rotacast::execution {

/// Caches the values of the batch that is being delivered on a loop. Thread: its own. Memory: a
/// value for each publication of the batch, until forget().
class EventValues {
  public:
    /// The value of a publication under this root field; nullptr if it has none. Valid until the
    /// next call.
    const graphql::json::value* of(const hub::PublicationBatchPtr& batch,
                                   std::uint32_t index,
                                   std::string_view root_field);

    /// Call when the batch was delivered on the loop.
    void forget();

  private:
    using Value = std::optional<graphql::json::value>;

    std::weak_ptr<const hub::PublicationBatch> batch_;
    std::vector<Value> values_;  // by index
    Value special_;
};

}  // namespace rotacast::execution

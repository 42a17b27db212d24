#pragma once

// The facts in the directory's tables: reads what changed here, and merges what other nodes know.

#include "base/error.hpp"
#include "store/fact.hpp"
#include "store/sqlite.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rotacast::store {

struct FactBatch {
    std::vector<Fact> facts;  ///< whole, each once
    std::int64_t up_to = 0;   ///< pass it to the next call
    bool more = false;        ///< there are changes after `up_to`
};

/// Thread: one at a time; every method blocks on the disk. Other connections and processes may
/// change the same tables at any time. Errors: `unavailable` if the file cannot be used; then
/// nothing was merged.
class SqliteFacts {
  public:
    /// Of the file's directory. Errors: those of open_database().
    static Result<std::unique_ptr<SqliteFacts>> open(const std::string& path,
                                                     ConnectionOptions options = {});

    /// What was stated after change number `after`, by this node or by others, in the order in
    /// which this file learned it; without what has expired by `now`. `changes_max` counts fields.
    Result<FactBatch> read(std::int64_t after, std::size_t changes_max, Timestamp now);

    /// Takes over what is newer than what is here. A change has the effects of a local one: the
    /// directory's change feed tells of it.
    ///
    /// If two users have one name, the one who was created first keeps it, and the other is called
    /// `<name>~<first digits of the id>`, on every node. Facts that cannot be stored, because a
    /// newer version of this program wrote them, are logged and left out.
    Result<void> merge(const std::vector<Fact>& facts, Timestamp now);

  private:
    explicit SqliteFacts(Connection connection) : connection_(std::move(connection)) {}

    Connection connection_;
};

}  // namespace rotacast::store

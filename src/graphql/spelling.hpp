#pragma once

// How each transport wraps what becomes of an operation. A result's text is the same for all who
// asked the same; only what stands around it differs.

#include <span>
#include <string>
#include <string_view>

namespace rotacast::graphql {

/// Pure, any thread, static lifetime. Texts of WebSocket messages, or whole records of server-sent
/// events. `id` is the operation's, empty in the distinct mode of server-sent events.
class Spelling {
  public:
    /// What stands before a result's JSON, and behind it.
    virtual std::string before_result(std::string_view id) const = 0;
    virtual std::string_view after_result() const = 0;
    /// The operation did not begin: JSON objects, at least one. Nothing follows.
    virtual std::string errors(std::string_view id, std::span<const std::string> errors) const = 0;
    /// No more results.
    virtual std::string complete(std::string_view id) const = 0;

    std::string result(std::string_view id, std::string_view json) const {
        return before_result(id).append(json).append(after_result());
    }

  protected:
    ~Spelling() = default;
};

const Spelling& transport_ws_spelling();
const Spelling& transport_legacy_spelling();
/// https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md
const Spelling& sse_distinct_spelling();
const Spelling& sse_single_spelling();

}  // namespace rotacast::graphql

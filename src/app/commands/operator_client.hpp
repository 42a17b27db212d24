#pragma once

// HTTP client for the operators' endpoints of a running server. Authenticates with the operator's
// token.

#include "app/commands/server_client.hpp"
#include "base/error.hpp"
#include "http/message.hpp"
#include "reflect/json.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace rotacast::app {

struct OperatorFlags : ServerFlags {
    bool json = false;  ///< print the response unchanged

    /// Adds --url, --ca-file, --token-file, --json.
    static std::shared_ptr<OperatorFlags> add(
        CLI::App& app, std::string_view whose = "an admin's or coordinator's");
};

struct OperatorAnswer {
    std::string text;
    reflect::json::value value;
};

/// Opens one connection per request. Not thread-safe.
class OperatorClient {
  public:
    /// Errors: those of ServerClient::open().
    static Result<OperatorClient> open(const OperatorFlags& flags);

    // `path` is below /api/v1. If the server answers with an error, the result is an error with the
    // server's message.

    Result<OperatorAnswer> get(std::string_view path) const;
    Result<OperatorAnswer> post(std::string_view path, const reflect::json::object& body) const;
    Result<OperatorAnswer> patch(std::string_view path, const reflect::json::object& body) const;
    Result<OperatorAnswer> remove(std::string_view path) const;

    /// Sets the timeout of a request; 30 seconds by default.
    void set_timeout(std::chrono::milliseconds timeout) { timeout_ = timeout; }

  private:
    explicit OperatorClient(ServerClient server) : server_(std::move(server)) {}

    Result<OperatorAnswer> send(http::verb method, std::string_view path, std::string body) const;

    ServerClient server_;
    std::chrono::milliseconds timeout_{std::chrono::seconds(30)};
};

/// Percent-encodes one segment of a path.
std::string path_segment(std::string_view text);

/// Appends `?name=value&…` with the parameters that have a value, percent-encoded.
std::string with_query(std::string path,
                       const std::vector<std::pair<std::string_view, std::string>>& parameters);

}  // namespace rotacast::app

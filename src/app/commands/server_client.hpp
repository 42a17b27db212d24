#pragma once

// How commands talk to a running server: the flags that say where it is and who asks, and requests.

#include "base/error.hpp"
#include "http/client.hpp"

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

/// Authenticates with the secret in a file: a user's token, or a publisher's key.
struct ServerFlags {
    std::string url = "http://127.0.0.1:8080";
    std::string ca_file;  ///< empty: the system's authorities are trusted
    std::string token_file;
    std::string api_key_file;

    /// Adds --url, --ca-file and --token-file. `whose` token: `an admin's`.
    void declare_with_token(CLI::App& app, std::string_view whose);
    /// Adds --url, --ca-file and --api-key-file.
    void declare_with_api_key(CLI::App& app);

  private:
    void declare_server(CLI::App& app);
};

/// Opens one connection per request. Not thread-safe.
class ServerClient {
  public:
    /// Reads the files. An error if one cannot be used or if the URL is invalid.
    static Result<ServerClient> open(const ServerFlags& flags);

    using Headers = std::vector<std::pair<std::string, std::string>>;

    /// `target` is below the URL. Any response is a result, also one that refuses. Errors:
    /// `unavailable` if there is none, saying why and what to do.
    Result<http::ClientResponse> send(http::verb method,
                                      std::string_view target,
                                      Headers headers,
                                      std::string body,
                                      std::chrono::milliseconds timeout) const;

    /// The URL without its secrets, for messages.
    const std::string& shown() const { return server_.shown; }

  private:
    http::Url server_;  ///< contains the token
    Headers credentials_;
    std::shared_ptr<boost::asio::ssl::context> tls_;
};

/// What to do about a request that got no response; empty if only the message helps.
std::string_view advice_for(const http::Failure& failure, bool secure);

}  // namespace rotacast::app

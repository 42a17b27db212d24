#pragma once

// What an operator asks of a running server, over HTTP, with a token of his own.

#include "base/error.hpp"
#include "net/http_url.hpp"
#include "reflect/json.hpp"

#include <boost/beast/http/verb.hpp>

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

struct OperatorFlags {
    std::string url = "http://127.0.0.1:8080";
    std::string token_file;
    bool json = false;  ///< print what the server answers, as it is

    /// --url, --token-file, --json.
    static std::shared_ptr<OperatorFlags> add(
        CLI::App& app, std::string_view whose = "an admin's or coordinator's");
};

struct OperatorAnswer {
    std::string text;
    reflect::json::value value;
};

/// One connection per request. Not for several threads.
class OperatorClient {
  public:
    /// Reads the token. Fails when that cannot be read, or the URL is none.
    static Result<OperatorClient> open(const OperatorFlags& flags);

    // `path`: below /api/v1. A refusal of the server is an error that repeats its words.

    Result<OperatorAnswer> get(std::string_view path) const;
    Result<OperatorAnswer> post(std::string_view path, const reflect::json::object& body) const;
    Result<OperatorAnswer> patch(std::string_view path, const reflect::json::object& body) const;
    Result<OperatorAnswer> remove(std::string_view path) const;

    /// For what the server may take its time for; 30 seconds unless set.
    void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }

  private:
    OperatorClient(net::HttpUrl server, std::string shown)
        : server_(std::move(server)), shown_(std::move(shown)) {}

    Result<OperatorAnswer> send(boost::beast::http::verb method,
                                std::string_view path,
                                std::string body) const;

    net::HttpUrl server_;  ///< holds the token
    std::string shown_;
    std::chrono::milliseconds patience_{std::chrono::seconds(30)};
};

/// One segment of a path, percent-encoded.
std::string path_segment(std::string_view text);

/// `path?name=value&…` of those that have a value, percent-encoded.
std::string with_query(std::string path,
                       const std::vector<std::pair<std::string_view, std::string>>& parameters);

}  // namespace rotacast::app

#pragma once

// Builds one server from its stages (ARCHITECTURE.md), starts it and stops it.

#include "base/error.hpp"
#include "base/time.hpp"
#include "bus/bus.hpp"
#include "config/config.hpp"
#include "config/reload.hpp"
#include "http/router.hpp"
#include "net/worker_pool.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace rotacast::app {

using config::Config;

/// What a reload has changed.
struct Reloaded {
    config::Changes settings;
    /// Until when tokens signed with the former secret are accepted; nullopt: it is the same
    /// secret.
    std::optional<Timestamp> former_secret_until;
};

/// Call open(), start() and stop() from one thread that is not one of the server's own. All
/// references returned are valid until stop(). To wait for the end of the process see signals.hpp.
class Node {
  public:
    Node(Config config, std::string jwt_secret);
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    /// Called on any thread when an operator requests a shutdown; must return at once, then stop()
    /// must be called. Without it operators cannot shut the server down. Call before open().
    void on_shutdown_requested(std::function<void()> end);

    /// Opens the stores and adds the routes; does not serve yet. Errors: `unavailable` if the
    /// database cannot be opened, `config_invalid` for an invalid value.
    Result<void> open();

    /// Starts serving; calls open() first if needed. Errors: `config_invalid` if the address is in
    /// use.
    Result<void> start();

    /// Applies what can change while connections are open (config/reload.hpp), the secret that
    /// signs tokens, and what the JWK Set's and the certificate's files contain now. Nobody is
    /// disconnected. The result names what was changed and what waits for the next start. What
    /// comes of the two files is logged. Call after start(), before stop().
    Result<Reloaded> reload(const Config& config, const std::string& jwt_secret);

    /// Closes connections with 1001, stores what was accepted, ends all threads. Idempotent.
    void stop();

    /// `http://127.0.0.1:8080`, after start().
    std::string url() const;

    /// For programs that add their own routes. Call between open() and start().
    http::Router& router();

    /// For programs that embed the server. Call after open().
    bus::Bus& bus();

    /// The pool for password hashes, for programs whose own routes check passwords. Call after
    /// open().
    net::WorkerPool& password_pool();

  private:
    struct Parts;

    Config config_;
    std::string jwt_secret_;
    std::function<void()> end_;
    std::unique_ptr<Parts> parts_;
};

}  // namespace rotacast::app

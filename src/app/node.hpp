#pragma once

// The whole wiring of one server, in the order in which an event passes through it.

#include "base/error.hpp"
#include "bus/bus.hpp"
#include "config/config.hpp"
#include "net/router.hpp"
#include "net/worker_pool.hpp"

#include <functional>
#include <memory>
#include <string>

namespace rotacast::app {

using config::Config;

/// open(), start(), stop() from one thread that is not one of its own. Everything it hands out
/// lives until stop(). To wait for the end of the process see signals.hpp.
class Node {
  public:
    Node(Config config, std::string jwt_secret);
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    /// `end` is called on any thread when an operator wants the server to go down, and returns at
    /// once; then call stop(). Without it no operator can. Before open().
    void on_wish_to_end(std::function<void()> end);

    /// Opens the stores and lays the routes; nobody is served yet. `unavailable` when the database
    /// cannot be had, `config_invalid` when a value does not fit.
    Result<void> open();

    /// Serves; open()s first if that was not done. `config_invalid` when the address is taken.
    Result<void> start();

    /// Takes over what can change while connections live: policy, limits, log level, the secret
    /// that signs tokens, the JWK Set's content. Nobody is disconnected. The rest of `config`
    /// counts from the next start on. After start(), before stop().
    Result<void> reload(const Config& config, const std::string& jwt_secret);

    /// Closes connections with 1001, stores what was accepted, ends all threads. Idempotent.
    void stop();

    /// `http://127.0.0.1:8080`, once started.
    std::string url() const;

    /// Between open() and start(), for programs that add routes of their own.
    net::Router& router();

    /// For programs that embed the server, after open().
    bus::Bus& bus();

    /// Where password hashes are computed, for programs whose own routes check some. After open().
    net::WorkerPool& password_pool();

  private:
    struct Parts;

    Config config_;
    std::string jwt_secret_;
    std::function<void()> end_;
    std::unique_ptr<Parts> parts_;
};

}  // namespace rotacast::app

#pragma once

// Operations that run until they are stopped: subscriptions to events, to presence, to a heartbeat.

#include "execution/host.hpp"
#include "graphql/engine.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace rotacast::execution {

/// One operation on one connection, on its loop. Starts with start() and ends when it is destroyed;
/// its host lives throughout.
class Subscription {
  public:
    virtual ~Subscription() = default;

    virtual void start() = 0;
    /// Called about every 250 ms.
    virtual void on_tick(Timestamp) {}
    /// The client has read everything that waited.
    virtual void on_drained() {}
    /// Appends a result that reports what was missed, if this is a subscription to events.
    virtual void tell_gap(std::string& /*to*/,
                          std::string_view /*from*/,
                          std::string_view /*to_cursor*/,
                          std::string_view /*reason*/) const {}

    /// Called after one of the calls to it threw: ends it with an error, or, if that cannot be
    /// sent, ends its connection.
    void give_up() noexcept;

  protected:
    Subscription(Host& host, std::string id, graphql::OperationPtr operation)
        : host_(host), id_(std::move(id)), operation_(std::move(operation)) {}

    const graphql::RootField& root() const { return operation_->root_fields().front(); }
    /// Sends the subscription's next result.
    void send_result(const graphql::json::value& data);
    /// The subscription could not start: sends a result with this error, and its end.
    void refuse(const Error& error);

    Host& host_;
    const std::string id_;
    const graphql::OperationPtr operation_;
};

/// Creates the Subscription for a GraphQL subscription operation.
std::unique_ptr<Subscription> make_subscription(Host& host,
                                                const std::string& id,
                                                graphql::OperationPtr operation);

}  // namespace rotacast::execution

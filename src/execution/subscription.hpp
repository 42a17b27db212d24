#pragma once

// OperationRegistry that live for longer than a moment: subscriptions to events, to presence, to a
// heartbeat.

#include "execution/host.hpp"
#include "graphql/engine.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace rotacast::execution {

/// One operation on one connection, on its loop. It begins with start(), and is over when it is
/// destroyed; between the two its host lives.
class Subscription {
  public:
    virtual ~Subscription() = default;

    virtual void start() = 0;
    /// Every 250 ms or so.
    virtual void on_tick(Timestamp) {}
    /// The client has read what waited.
    virtual void on_drained() {}
    /// A result that says what was missed, for subscriptions to events; else nothing.
    virtual void tell_gap(std::string& /*to*/,
                          std::string_view /*from*/,
                          std::string_view /*to_cursor*/,
                          std::string_view /*reason*/) const {}

    /// One of the calls to it has thrown: it ends with an error, or, if that cannot be said, its
    /// connection does.
    void give_up() noexcept;

  protected:
    Subscription(Host& host, std::string id, graphql::OperationPtr operation)
        : host_(host), id_(std::move(id)), operation_(std::move(operation)) {}

    const graphql::RootField& root() const { return operation_->root_fields().front(); }
    /// The subscription's next result.
    void send_result(const graphql::json::value& data);
    /// It could not begin: a result with this error, and the end.
    void refuse(const Error& error);

    Host& host_;
    const std::string id_;
    const graphql::OperationPtr operation_;
};

/// For a subscription.
std::unique_ptr<Subscription> make_subscription(Host& host,
                                                const std::string& id,
                                                graphql::OperationPtr operation);

}  // namespace rotacast::execution

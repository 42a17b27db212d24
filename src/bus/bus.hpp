#pragma once

// The entry point of all events: completes their metadata and appends them to the journal.
// Publishing waits for the disk, never for handlers or clients. Handlers are registered here too.

#include "bus/handler_of.hpp"
#include "bus/journal.hpp"
#include "bus/publish_stats.hpp"
#include "bus/subscribers.hpp"

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::bus {

/// The publisher, and metadata for events that do not carry their own.
struct Origin {
    std::string publisher = "embedded";  ///< `user:<uuid>`, `key:<name>`, `embedded`
    std::optional<std::string> user_id;
    std::optional<std::string> correlation_id;
    std::optional<std::string> ip_address;
    std::optional<std::string> user_agent;
    /// Where the request comes from; completes that of its events.
    events::ProvenancePtr provenance = {};
};

struct PublishRequest {
    std::vector<events::Envelope> envelopes;
    Origin origin;
    std::optional<std::string> idempotency_key;
    std::string content_digest;
    std::vector<VersionClaim> version_claims = {};
    bool refuse_unseen = false;  ///< as in AppendRequest
};

/// Thread-safe. The journal must outlive it.
class Bus {
  public:
    explicit Bus(Journal& journal) : journal_(journal) {}

    /// Publishes all events of the request or none. `done` is called once, after the commit, on the
    /// journal's thread; it should post its work to another thread.
    void publish(PublishRequest request, Journal::Done done);

    /// For programs that embed the server:
    ///
    ///     const auto receipt = bus.publish(events::SwapRequested{…}).get();
    template <events::Catalogued E>
    std::future<Result<Receipt>> publish(E event, Origin origin = {}) {
        return publish_one(events::wrap(std::move(event)), std::move(origin));
    }

    /// Stores all events, consecutively and in this order, or none.
    std::future<Result<Receipts>> publish_batch(std::vector<events::Envelope> envelopes,
                                                Origin origin = {});
    std::future<Result<Receipts>> publish_batch(std::vector<events::Event> batch,
                                                Origin origin = {});

    /// Registers a handler. The type of its argument selects the events:
    ///
    ///     bus.on("mailer", [](const events::SwapApproved& event) { … });
    ///     bus.on("both", [](const std::variant<SwapApproved, SwapRejected>& event) { … });
    ///     bus.on<SwapApproved, SwapRejected>("both", [](const auto& event, HandlerContext& c)
    ///     {…});
    ///
    /// If a subscriber of that name existed before, in this process or an earlier one, it continues
    /// from its position; a new one starts where its options say. Whatever the handler captures
    /// must outlive the dispatcher. Errors: those of Subscribers::add.
    template <class F>
    Result<void> on(std::string name, F handler, SubscriberOptions options = {}) {
        return on_types(
            detail::SubscribedTypes<F>{}, std::move(name), std::move(handler), std::move(options));
    }
    template <events::Catalogued... E, class F>
    requires(sizeof...(E) >
             0) Result<void> on(std::string name, F handler, SubscriberOptions options = {}) {
        return on_types(
            boost::mp11::mp_list<E...>{}, std::move(name), std::move(handler), std::move(options));
    }

    /// Registers a handler of all events: fn(const Entry&) or fn(const Entry&, HandlerContext&).
    template <class F>
    Result<void> on_any(std::string name, F handler, SubscriberOptions options = {}) {
        return subscribe(
            {std::move(name), {}, handler_of_any(std::move(handler)), std::move(options)});
    }

    /// For types that are known only at run time, as with webhooks.
    Result<void> subscribe(Subscription subscription);

    /// A running handler is allowed to finish. Errors: those of Subscribers::remove.
    Result<void> unsubscribe(const std::string& name) { return subscribers_.remove(name); }

    /// Only those of this process. BusAdmin::subscribers also lists the others in the store.
    std::vector<SubscriptionPtr> subscriptions() const;

    PublishFigures publish_figures() const { return stats_->figures(); }

    /// Used by the dispatcher.
    Subscribers& subscribers() { return subscribers_; }

  private:
    std::future<Result<Receipt>> publish_one(events::Envelope envelope, Origin origin);

    template <class Types, class F>
    Result<void> on_types(Types types, std::string name, F handler, SubscriberOptions options) {
        return subscribe({std::move(name),
                          type_names(types),
                          handler_of(types, std::move(handler)),
                          std::move(options)});
    }

    Journal& journal_;
    // Shared with the requests, which the journal may answer after this is gone.
    const std::shared_ptr<PublishStats> stats_ = std::make_shared<PublishStats>();
    Subscribers subscribers_;
};

}  // namespace rotacast::bus

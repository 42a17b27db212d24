#pragma once

// Where every event comes in: stamps it and hands it to the journal. Publishing waits for the
// disk, never for handlers or screens. And where handlers are hung on events.

#include "bus/handler_of.hpp"
#include "bus/journal.hpp"
#include "bus/subscribers.hpp"

#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::bus {

/// Who publishes, and what the stamp says where the event itself says nothing.
struct Origin {
    std::string publisher = "embedded";  ///< `user:<uuid>`, `key:<name>`, `embedded`
    std::optional<std::string> user_id;
    std::optional<std::string> correlation_id;
    std::optional<std::string> ip_address;
    std::optional<std::string> user_agent;
};

struct PublishRequest {
    std::vector<events::Envelope> envelopes;
    Origin origin;
    std::optional<std::string> idempotency_key;
    std::string content_digest;
    std::vector<VersionClaim> version_claims = {};
};

/// Thread: any. Outlives nobody: the journal must outlive it.
class Bus {
  public:
    explicit Bus(Journal& journal) : journal_(journal) {}

    /// All of the request's events or none. `done` is called once, after the commit, on the
    /// journal's thread: post from there.
    void publish(PublishRequest request, Journal::Done done);

    /// For programs that embed the server:
    ///
    ///     const auto receipt = bus.publish(events::SwapRequested{…}).get();
    template <events::Catalogued E>
    std::future<Result<Receipt>> publish(E event, Origin origin = {}) {
        return publish_one(events::wrap(std::move(event)), std::move(origin));
    }

    /// Several at once: all are stored, next to each other and in this order, or none.
    std::future<Result<Receipts>> publish_batch(std::vector<events::Envelope> envelopes,
                                                Origin origin = {});
    std::future<Result<Receipts>> publish_batch(std::vector<events::Event> batch,
                                                Origin origin = {});

    /// Hangs a handler on events; the type of its argument says on which:
    ///
    ///     bus.on("mailer", [](const events::SwapApproved& event) { … });
    ///     bus.on("both", [](const std::variant<SwapApproved, SwapRejected>& event) { … });
    ///     bus.on<SwapApproved, SwapRejected>("both", [](const auto& event, HandlerContext& c)
    ///     {…});
    ///
    /// The subscriber of that name goes on where it was, in this process or an earlier one; a new
    /// one begins where its options say. What the handler captures must outlive the dispatcher.
    /// Errors: as Subscribers::add.
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

    /// On every event: fn(const Entry&) or fn(const Entry&, HandlerContext&).
    template <class F>
    Result<void> on_any(std::string name, F handler, SubscriberOptions options = {}) {
        return subscribe(
            {std::move(name), {}, handler_of_any(std::move(handler)), std::move(options)});
    }

    /// For types known only while running, as of webhooks.
    Result<void> subscribe(Subscription subscription);

    /// A handler that runs is let finish. Errors: as Subscribers::remove.
    Result<void> unsubscribe(const std::string& name) { return subscribers_.remove(name); }

    /// In this process. What the store knows besides: BusAdmin::subscribers.
    std::vector<SubscriptionPtr> subscriptions() const;

    /// For the dispatcher.
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
    Subscribers subscribers_;
};

}  // namespace rotacast::bus

#pragma once

// The operations of one connection, by the identifiers that its client has given them.

#include "execution/rules.hpp"
#include "execution/subscription.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::execution {

/// Lives on one loop, within its host. All operations end with it.
class OperationRegistry {
  public:
    explicit OperationRegistry(Host& host) : host_(host) {}
    ~OperationRegistry() { clear(); }

    /// Whatever becomes of it is told to the client, in the transport's words. `id` is not in use.
    void start(const std::string& id, const graphql::Request& request);
    /// Nothing more of it is sent.
    void stop(const std::string& id);
    /// For the host: the operation has said that it is over.
    void ended(const std::string& id);
    /// All of them, as when the connection ends.
    void clear();

    void on_tick(Timestamp now);
    void on_drained();
    /// A result of each subscription to events, saying what is missing.
    void tell_gap(std::string_view from,
                  std::string_view to,
                  std::string_view reason,
                  const std::function<void(std::string_view text)>& tell) const;
    bool has(const std::string& id) const { return running_.contains(id); }
    std::size_t size() const { return running_.size(); }

  private:
    struct Running {
        std::optional<OperationBudget::Ticket> ticket;  ///< while it is not over
        std::unique_ptr<Subscription> operation;        ///< a subscription; nullptr: being answered
        std::uint64_t number;                           ///< identifiers come again, numbers do not
    };

    template <class Call>
    void for_each_subscription(Call&& call);
    void refuse(const std::string& id, const graphql::GraphqlErrors& errors);
    void begin_answer(const std::string& id, graphql::OperationPtr operation);
    void bury();

    Host& host_;
    std::map<std::string, Running, std::less<>> running_;
    std::vector<Running> over_;  ///< ended while they were called; destroyed at the next chance
    std::uint64_t numbers_ = 0;
    std::shared_ptr<OperationRegistry*> self_ = std::make_shared<OperationRegistry*>(this);
};

}  // namespace rotacast::execution

#pragma once

// The operations of one connection, by the identifiers that its client gave them.

#include "execution/rules.hpp"
#include "execution/subscription.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::execution {

/// Lives on one loop, within its host. All operations end when it is destroyed.
class OperationRegistry {
  public:
    explicit OperationRegistry(Host& host) : host_(host) {}
    ~OperationRegistry() { clear(); }

    /// Starts an operation; results and errors are sent in the transport's format. `id` must not be
    /// in use.
    void start(const std::string& id, const graphql::Request& request);
    /// Ends an operation; nothing more of it is sent.
    void stop(const std::string& id);
    /// For the host: the operation has sent its end.
    void ended(const std::string& id);
    /// Ends all operations, as when the connection ends.
    void clear();

    void on_tick(Timestamp now);
    void on_drained();
    /// Passes to `tell` a result for each subscription to events that reports the gap.
    void tell_gap(std::string_view from,
                  std::string_view to,
                  std::string_view reason,
                  const std::function<void(std::string_view text)>& tell) const;
    bool has(const std::string& id) const { return running_.contains(id); }
    std::size_t size() const { return running_.size(); }

  private:
    struct Running {
        std::optional<OperationBudget::Ticket> ticket;  ///< until it ends
        /// Of a subscription; nullptr: a query or mutation.
        std::unique_ptr<Subscription> operation;
        std::uint64_t number;  ///< identifiers are reused, numbers are not
    };

    template <class Call>
    void for_each_subscription(Call&& call);
    void refuse(const std::string& id, const graphql::GraphqlErrors& errors);
    void begin_answer(const std::string& id, graphql::OperationPtr operation);
    void destroy_ended();

    Host& host_;
    std::map<std::string, Running, std::less<>> running_;
    std::vector<Running> ended_;  ///< ended during a call; destroyed at the next start() or tick
    std::uint64_t numbers_ = 0;
    std::shared_ptr<OperationRegistry*> self_ = std::make_shared<OperationRegistry*>(this);
};

}  // namespace rotacast::execution

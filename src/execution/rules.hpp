#pragma once

// Limits on GraphQL operations.

#include "auth/access.hpp"
#include "base/uuid.hpp"
#include "config/graphql.hpp"
#include "graphql/limits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace rotacast::execution {

enum class Introspection : std::uint8_t { everybody, operators, off };

/// Fixed for the life of the process.
struct Rules {
    std::chrono::milliseconds init_timeout = std::chrono::seconds(config::Graphql{}.init_timeout_s);
    std::size_t operations_per_connection = config::Graphql{}.operations_per_connection;
    /// Over all of the user's connections.
    std::size_t operations_per_user = config::Graphql{}.operations_per_user;
    Introspection introspection = Introspection::everybody;
    graphql::Limits limits;

    graphql::Limits limits_for(const auth::Principal& principal) const {
        auto its = limits;
        its.introspection =
            introspection == Introspection::everybody ||
            (introspection == Introspection::operators && auth::may_operate(principal.role));
        return its;
    }
};

/// Counts the operations of each user. Thread: any. Memory: one entry per user with operations.
class OperationBudget {
  public:
    /// One operation in a user's count; returns it when destroyed, on any thread.
    class Ticket {
      public:
        Ticket(Ticket&& other) noexcept
            : budget_(std::exchange(other.budget_, nullptr)), user_(other.user_) {}
        Ticket& operator=(Ticket&&) = delete;
        ~Ticket() {
            if (budget_) budget_->give_back(user_);
        }

      private:
        friend class OperationBudget;
        Ticket(OperationBudget& budget, const Uuid& user) : budget_(&budget), user_(user) {}
        OperationBudget* budget_;
        Uuid user_;
    };

    /// nullopt: the user already has `bound` operations. The budget must outlive its tickets.
    std::optional<Ticket> take(const Uuid& user, std::size_t bound) {
        const std::scoped_lock lock(mutex_);
        auto& count = by_user_[user];
        if (count >= bound) return std::nullopt;
        ++count;
        return Ticket(*this, user);
    }

  private:
    void give_back(const Uuid& user) noexcept {
        const std::scoped_lock lock(mutex_);
        const auto found = by_user_.find(user);
        if (found != by_user_.end() && --found->second == 0) by_user_.erase(found);
    }

    std::mutex mutex_;
    std::unordered_map<Uuid, std::size_t> by_user_;
};

}  // namespace rotacast::execution

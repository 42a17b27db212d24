#pragma once

// The registry of this process's subscriptions. The dispatcher runs them; it looks here when it is
// notified.

#include "bus/subscription.hpp"

#include <functional>
#include <map>
#include <mutex>

namespace rotacast::bus {

/// Thread-safe.
class Subscribers {
  public:
    using Changed = std::function<void()>;
    using Map = std::map<std::string, SubscriptionPtr>;

    /// `conflict` if the name is taken, `invalid_field` if the name is invalid or a type does not
    /// exist.
    Result<void> add(Subscription subscription);

    /// Its position and deliveries stay in the store, for a later subscriber of that name.
    /// `not_found` if there is none.
    Result<void> remove(const std::string& name);

    Map list() const;

    /// `changed` is called after each change, on the thread that made it; never after
    /// watch(nullptr) has returned.
    void watch(Changed changed);

  private:
    void tell();

    mutable std::mutex mutex_;
    Map map_;
    std::mutex watch_mutex_;
    Changed changed_;
};

}  // namespace rotacast::bus

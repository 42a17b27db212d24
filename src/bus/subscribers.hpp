#pragma once

// Who is subscribed in this process. What each has got to do is the dispatcher's business, which
// looks here when it is told to.

#include "bus/subscription.hpp"

#include <functional>
#include <map>
#include <mutex>

namespace rotacast::bus {

/// Thread: any.
class Subscribers {
  public:
    using Changed = std::function<void()>;
    using Map = std::map<std::string, SubscriptionPtr>;

    /// `conflict` when the name is taken, `invalid_field` when it is no name or a type does not
    /// exist.
    Result<void> add(Subscription subscription);

    /// Its place in the journal and its deliveries stay, for one of the same name to go on with.
    /// `not_found` when there is none.
    Result<void> remove(const std::string& name);

    Map list() const;

    /// Called after each change on the thread that made it, never after watch(nullptr) returned.
    void watch(Changed changed);

  private:
    void tell();

    mutable std::mutex mutex_;
    Map map_;
    std::mutex watch_mutex_;
    Changed changed_;
};

}  // namespace rotacast::bus

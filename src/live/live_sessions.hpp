#pragma once

// Sessions that must end when their user's rights do: on logout, deactivation or a change of role.

#include "auth/principal.hpp"
#include "auth/user.hpp"
#include "base/error.hpp"
#include "net/loops.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace rotacast::live {

/// What changed in the directory. Shared by all loops, immutable.
struct AccessChange {
    std::unordered_map<Uuid, auth::User> users;  ///< changed users that still exist
    std::unordered_set<Uuid> gone_users;
    std::unordered_set<std::string> revoked_jtis;
    /// The individual changes are not known: everybody has to log in again.
    bool everybody = false;

    /// Updates `principal` to its user's present rights, or returns why its session has to end.
    std::optional<ErrorCode> apply_to(auth::Principal& principal) const;
};

/// One session on one loop. All calls on its loop.
class LiveSession {
  public:
    virtual void review(const AccessChange& review) = 0;
    /// review() threw: what the session may still see is unknown, so it must end.
    virtual void on_fault() noexcept = 0;

  protected:
    ~LiveSession() = default;

  private:
    friend class LiveSessions;
    std::size_t position_ = 0;
};

class LiveSessions {
  public:
    /// A token may be revoked after a worker looked it up and before its session is added here. So
    /// changes are kept for as long as that can take, and new sessions are reviewed against them.
    static constexpr std::chrono::seconds reviews_kept{10};

    explicit LiveSessions(net::Loops& loops) : loops_(loops), by_loop_(loops.size()) {}

    /// Thread: the loop's own, here and below. A session may remove itself while it is reviewed.
    void add(net::Loop& loop, LiveSession& session);
    /// For a session that has just accepted another token.
    void review_again(net::Loop& loop, LiveSession& session);
    void remove(net::Loop& loop, LiveSession& session);

    /// Thread: any. Each loop reviews its sessions soon.
    void review(std::shared_ptr<const AccessChange> review);

  private:
    struct Kept {
        std::chrono::steady_clock::time_point since;
        std::shared_ptr<const AccessChange> review;
    };
    struct Shard {
        std::vector<LiveSession*> sessions;
        std::deque<Kept> kept;
    };

    void keep(net::Loop& loop, std::shared_ptr<const AccessChange> review);

    net::Loops& loops_;
    std::vector<Shard> by_loop_;
};

}  // namespace rotacast::live

#include "live/revocation_watcher.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"

namespace rotacast::live {
namespace {

// Returns nullptr if a user's row cannot be read; the same changes are then tried again.
std::shared_ptr<AccessChange> review_of(auth::Users& users, const auth::AccessChanges& changes) {
    auto review = std::make_shared<AccessChange>();
    review->everybody = !changes.complete;
    review->revoked_jtis.insert(changes.revoked_jtis.begin(), changes.revoked_jtis.end());
    for (const auto& id : changes.user_ids) {
        auto user = users.find_user(id);
        if (!user) return nullptr;
        if (*user)
            review->users.emplace(id, std::move(**user));
        else
            review->gone_users.insert(id);
    }
    return review;
}

}  // namespace

RevocationWatcher::RevocationWatcher(net::asio::thread_pool& workers,
                                     auth::Users& users,
                                     auth::AccessChangeFeed& changes,
                                     LiveSessions& sessions)
    : timer_(workers), users_(users), changes_(changes), sessions_(sessions) {}

Result<void> RevocationWatcher::start() {
    const auto changes = changes_.changes_since(0);
    if (!changes) return changes.error();
    seen_ = changes->last_seq;
    arm();
    return {};
}

// The pool ends the timer itself; a check that is already running sees the flag.
void RevocationWatcher::stop() {
    stopped_ = true;
}

void RevocationWatcher::arm() {
    timer_.expires_after(interval);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error || stopped_) return;
        try {
            look();
        } catch (...) {
            log::error("cannot look for revoked tokens and users: {}", fault_name());
        }
        arm();
    });
}

void RevocationWatcher::look() {
    const auto changes = changes_.changes_since(seen_);
    if (!changes) {
        log::warn("cannot look for revoked tokens and users: {}", changes.error().message);
        return;
    }
    if (changes->last_seq == seen_) return;
    auto review = review_of(users_, *changes);
    if (!review) return;
    sessions_.review(std::move(review));
    seen_ = changes->last_seq;
}

}  // namespace rotacast::live

#include "live/live_sessions.hpp"

#include "base/fault.hpp"
#include "base/log.hpp"

namespace rotacast::live {
namespace {

/// A session that throws is ended alone; the others are still reviewed.
void review_one(LiveSession& session, const AccessChange& review) noexcept {
    try {
        session.review(review);
    } catch (...) {
        log::error("a session could not be reviewed and is ended: {}", fault_name());
        session.on_fault();
    }
}

}  // namespace

std::optional<ErrorCode> AccessChange::apply_to(auth::Principal& principal) const {
    if (!principal.jti.empty() && revoked_jtis.contains(principal.jti))
        return ErrorCode::token_revoked;
    if (gone_users.contains(principal.user_id)) return ErrorCode::user_inactive;
    const auto found = users.find(principal.user_id);
    if (found == users.end()) return std::nullopt;
    if (!found->second.active) return ErrorCode::user_inactive;
    if (auth::signed_out_since(found->second, principal.issued_at)) return ErrorCode::token_revoked;
    principal.role = found->second.role;
    principal.person_id = found->second.person_id;
    return std::nullopt;
}

void LiveSessions::add(net::Loop& loop, LiveSession& session) {
    auto& sessions = by_loop_[loop.index()].sessions;
    session.position_ = sessions.size();
    sessions.push_back(&session);
    review_again(loop, session);
}

void LiveSessions::remove(net::Loop& loop, LiveSession& session) {
    auto& sessions = by_loop_[loop.index()].sessions;
    const auto index = session.position_;
    if (index >= sessions.size() || sessions[index] != &session) return;
    sessions[index] = sessions.back();
    sessions[index]->position_ = index;
    sessions.pop_back();
}

void LiveSessions::review_again(net::Loop& loop, LiveSession& session) {
    for (const auto& kept : by_loop_[loop.index()].kept)
        if (loop.tick().steady - kept.since < reviews_kept) review_one(session, *kept.review);
}

// Iterates from the back: when a session is removed, the last one, already reviewed, replaces it.
void LiveSessions::review(std::shared_ptr<const AccessChange> review) {
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        loops_[i].post([this, i, review] {
            keep(loops_[i], review);
            auto& sessions = by_loop_[i].sessions;
            for (auto index = sessions.size(); index-- > 0;)
                if (index < sessions.size()) review_one(*sessions[index], *review);
        });
    }
}

void LiveSessions::keep(net::Loop& loop, std::shared_ptr<const AccessChange> review) {
    auto& kept = by_loop_[loop.index()].kept;
    const auto now = loop.tick().steady;
    while (!kept.empty() && now - kept.front().since >= reviews_kept) kept.pop_front();
    // Not kept if everybody must reconnect: clients that do so must not be ended again.
    if (!review->everybody) kept.push_back({now, std::move(review)});
}

}  // namespace rotacast::live

#include "net/live_sessions.hpp"

namespace rotacast::net {

void LiveSessions::add(Loop& loop, LiveSession& session) {
    auto& sessions = by_loop_[loop.index()];
    session.position_ = sessions.size();
    sessions.push_back(&session);
}

void LiveSessions::remove(Loop& loop, LiveSession& session) {
    auto& sessions = by_loop_[loop.index()];
    const auto place = session.position_;
    if (place >= sessions.size() || sessions[place] != &session) return;
    sessions[place] = sessions.back();
    sessions[place]->position_ = place;
    sessions.pop_back();
}

// From the back: when a session leaves, the last one, already reviewed, takes its place.
void LiveSessions::review(std::shared_ptr<const Review> review) {
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        loops_[i].post([this, i, review] {
            auto& sessions = by_loop_[i];
            for (auto place = sessions.size(); place-- > 0;)
                if (place < sessions.size()) sessions[place]->review(*review);
        });
    }
}

}  // namespace rotacast::net

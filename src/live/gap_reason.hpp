#pragma once

// Maps reasons why events are missing to the protocol's names (docs/protocol.md, "Gaps").

#include "hub/send_queue.hpp"
#include "live/catch_up.hpp"
#include "ws/v1_dialect.hpp"

namespace rotacast::live {

/// For a catch-up that did not recover everything.
inline ws::v1::GapReason gap_reason(const CaughtUp& outcome) {
    using enum ws::v1::GapReason;
    for (const auto reason : {epoch_changed, trimmed, too_far, cursor_unknown})
        if (to_string(reason) == outcome.reason) return reason;
    return unavailable;
}

/// For events that a slow client was not sent.
inline ws::v1::GapReason gap_reason(const hub::Gap& gap) {
    return gap.reason == hub::Gap::Reason::superseded ? ws::v1::GapReason::superseded
                                                      : ws::v1::GapReason::slow_consumer;
}

}  // namespace rotacast::live

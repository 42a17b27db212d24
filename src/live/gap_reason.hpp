#pragma once

// Why a client was not sent some events, in the protocol's terms (docs/protocol.md, "Gaps").

#include "hub/send_queue.hpp"
#include "hub/subscriber.hpp"
#include "ws/v1_dialect.hpp"

namespace rotacast::live {

inline ws::v1::GapReason gap_reason(const hub::Gap& gap) {
    return gap.reason == hub::Gap::Reason::superseded ? ws::v1::GapReason::superseded
                                                      : ws::v1::GapReason::slow_consumer;
}

inline ws::v1::GapReason gap_reason(hub::Break why) {
    return why == hub::Break::trimmed ? ws::v1::GapReason::trimmed
                                      : ws::v1::GapReason::epoch_changed;
}

}  // namespace rotacast::live

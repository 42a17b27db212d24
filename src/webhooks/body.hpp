#pragma once

// The request body that a webhook's receiver gets.

#include "bus/journal.hpp"

#include <string>
#include <string_view>

namespace rotacast::webhooks {

/// `{"event_id","event_type","cursor","stored_at","webhook","event"}`; `event` is the envelope as
/// publishers send it. The same entry yields the same text at every attempt.
std::string body_of(const bus::Entry& entry, const std::string& epoch, std::string_view webhook);

}  // namespace rotacast::webhooks

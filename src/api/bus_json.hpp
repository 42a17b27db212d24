#pragma once

// Responses for operators of the bus, as JSON.

#include "bus/stats.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::api {

/// The figures of wire specification §3.8, then the status of each subscriber.
std::string bus_stats_text(const bus::BusStats& stats,
                           const std::vector<bus::SubscriberStatus>& subscribers);
std::string subscriptions_text(const std::vector<bus::SubscriberStatus>& subscribers);

// Pages end with `next`: the value of `before` for the following page, or null on the last one.

std::string letters_text(const std::vector<bus::DeadLetter>& letters, const bus::Page& page);
/// Includes the event.
std::string dead_letter_text(const bus::DeadLetter& letter);
std::string dead_letter_groups_text(const std::vector<bus::DeadLetterGroup>& groups);
std::string replays_text(const std::vector<bus::Replay>& replays, const bus::Page& page);
std::string replay_text(const bus::Replay& replay);
std::string audits_text(const std::vector<bus::AuditRow>& rows, const bus::Page& page);
std::string handler_log_text(const std::vector<bus::HandlerLogRow>& rows, const bus::Page& page);

/// `{"<key>":count}`.
std::string count_text(std::string_view key, std::int64_t count);

}  // namespace rotacast::api

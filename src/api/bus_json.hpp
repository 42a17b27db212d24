#pragma once

// What operators of the bus are answered, as JSON.

#include "bus/stats.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rotacast::api {

/// The figures of wire specification §3.8, then all of each subscriber.
std::string bus_stats_text(const bus::BusStats& stats,
                           const std::vector<bus::SubscriberStatus>& subscribers);
std::string subscriptions_text(const std::vector<bus::SubscriberStatus>& subscribers);

// Pages end in `next`, what to give as `before` for the following one, or null after the last.

std::string letters_text(const std::vector<bus::DeadLetter>& letters, const bus::Page& page);
/// With the event.
std::string letter_text(const bus::DeadLetter& letter);
std::string letter_groups_text(const std::vector<bus::DeadLetterGroup>& groups);
std::string replays_text(const std::vector<bus::Replay>& replays, const bus::Page& page);
std::string replay_text(const bus::Replay& replay);
std::string audits_text(const std::vector<bus::AuditRow>& rows, const bus::Page& page);
std::string ledger_text(const std::vector<bus::HandlerLogRow>& rows, const bus::Page& page);

/// `{"<key>":count}`.
std::string count_text(std::string_view key, std::int64_t count);

}  // namespace rotacast::api

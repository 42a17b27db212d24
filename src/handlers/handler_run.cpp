#include "handlers/handler_run.hpp"

#include <algorithm>

namespace rotacast::handlers {
namespace {

/// Recipients per event; larger audiences get several events. Keeps each event far below a
/// webhook's limit.
constexpr std::size_t recipients_max = 1000;

}  // namespace

std::string_view to_string(Priority priority) {
    switch (priority) {
        case Priority::normal: return "normal";
        case Priority::high: return "high";
        case Priority::urgent: return "urgent";
    }
    return "normal";
}

// The error's message describes the store's failure, never its content.
template <class T>
T HandlerRun::or_fail(Result<T> result) {
    if (result) return std::move(*result);
    outcome_ = bus::Outcome::failed(std::string(info(result.error().code).name),
                                    std::string(message_of(result.error())));
    return {};
}

Audience HandlerRun::coordinators() {
    return or_fail(dependencies_.recipients.coordinators());
}

Audience HandlerRun::program_director() {
    return or_fail(dependencies_.recipients.program_director());
}

Audience HandlerRun::persons(std::string word, const std::vector<std::string>& persons) {
    return or_fail(dependencies_.recipients.persons(std::move(word), persons));
}

void HandlerRun::tell(Priority priority,
                      const std::vector<Audience>& audience,
                      const std::string& actor,
                      std::string message) {
    const auto acted = or_fail(dependencies_.recipients.user_of(actor));
    std::vector<Uuid> recipients;
    std::vector<Audience> told;
    for (auto group : audience) {
        if (acted) std::erase(group.users, *acted);
        // The same kind of row with and without recipients: rows are unique by kind and subject, so
        // a later run with another result adds none.
        note("told",
             group.word,
             std::string(to_string(priority)) + ", users: " + std::to_string(group.users.size()));
        if (group.users.empty()) continue;
        recipients.insert(recipients.end(), group.users.begin(), group.users.end());
        told.push_back(std::move(group));
    }
    std::ranges::sort(recipients);
    recipients.erase(std::unique(recipients.begin(), recipients.end()), recipients.end());
    for (std::size_t from = 0; from < recipients.size(); from += recipients_max) {
        const auto to = std::min(from + recipients_max, recipients.size());
        publish_to(priority,
                   told,
                   message,
                   {recipients.begin() + static_cast<std::ptrdiff_t>(from),
                    recipients.begin() + static_cast<std::ptrdiff_t>(to)});
    }
}

void HandlerRun::publish_to(Priority priority,
                            const std::vector<Audience>& audience,
                            const std::string& message,
                            std::vector<Uuid> recipients) {
    const auto& source = context_.entry().envelope;
    events::Notification notification{.about_id = source.aggregate_id,
                                      .about_type = source.aggregate_type,
                                      .reason = source.metadata.event_type,
                                      .source_event_id = *source.metadata.event_id,
                                      .priority = std::string(to_string(priority)),
                                      .audience = {},
                                      .message = message,
                                      .recipients = std::move(recipients)};
    for (const auto& group : audience) notification.audience.push_back(group.word);
    context_.derive(std::move(notification));
}

void HandlerRun::invalidate(std::vector<std::string> keys) {
    if (!dependencies_.cache_keys) return;
    const auto& source = context_.entry().envelope;
    context_.derive(events::CacheInvalidated{
        source.aggregate_id, source.aggregate_type, *source.metadata.event_id, std::move(keys)});
}

void HandlerRun::note(std::string kind, std::string subject, std::string detail) {
    context_.handler_log(std::move(kind), std::move(subject), std::move(detail));
}

}  // namespace rotacast::handlers

#include "api/bus_json.hpp"

#include "execution/bus_answers.hpp"
#include "graphql/encode.hpp"
#include "reflect/encode.hpp"

#include <string_view>

namespace rotacast::api {
namespace {

/// Writes one object; each member's value through reflect, or as ready-made JSON.
class ObjectText {
  public:
    template <class T>
    ObjectText& member(std::string_view key, const T& value) {
        open(key);
        reflect::encode(out_, value, {});
        return *this;
    }
    ObjectText& member(std::string_view key, std::string_view value) {
        open(key);
        append_json_string(out_, value);
        return *this;
    }
    /// The members of a described struct.
    template <class T>
    ObjectText& members(const T& described) {
        const auto start = out_.size();
        reflect::encode_members(out_, described, {});
        if (start == 1) out_.erase(start, 1);  // the comma before the first
        return *this;
    }
    ObjectText& raw(std::string_view key, std::string_view json) {
        open(key);
        out_ += json;
        return *this;
    }
    std::string text() { return std::move(out_) + '}'; }

  private:
    void open(std::string_view key) {
        if (out_.size() > 1) out_ += ',';
        append_json_string(out_, key);
        out_ += ':';
    }

    std::string out_ = "{";
};

template <class Row, class Write>
std::string list_text(const std::vector<Row>& rows, Write write) {
    std::string out = "[";
    for (const auto& row : rows) {
        if (out.size() > 1) out += ',';
        out += write(row);
    }
    return out + ']';
}

/// `{"<key>":[…],"next":id|null}`. A page that is not full is the last one.
template <class Row, class Write, class Id>
std::string page_text(
    std::string_view key, const std::vector<Row>& rows, const bus::Page& page, Write write, Id id) {
    std::optional<std::int64_t> next;
    if (!rows.empty() && static_cast<std::int64_t>(rows.size()) >= page.limit)
        next = id(rows.back());
    return ObjectText().raw(key, list_text(rows, write)).member("next", next).text();
}

std::string status_text(const bus::SubscriberStatus& status) {
    return ObjectText()
        .members(execution::shown(status))
        .member("attempts", status.attempts)
        .member("busy_us", status.busy.count())
        .member("longest_us", status.longest.count())
        .member("threads_lost", status.threads_lost)
        .text();
}

std::string subscription_text(const bus::SubscriberStatus& status) {
    return ObjectText()
        .member("name", status.name)
        .member("types", status.types)
        .member("state", to_string(status.state))
        .member("paused_by", status.paused_by)
        .member("reason", status.reason)
        .text();
}

ObjectText dead_letter_members(const bus::DeadLetter& letter) {
    const auto& delivery = letter.delivery;
    const auto& metadata = delivery.entry.envelope.metadata;
    const bus::Cursor cursor{delivery.epoch, {delivery.entry.offset, bus::Position::whole}};
    ObjectText text;
    text.member("id", delivery.id)
        .member("subscriber", letter.subscriber)
        .member("event_id", metadata.event_id)
        .member("event_type", metadata.event_type)
        .member("cursor", to_string(cursor))
        .raw("error",
             ObjectText()
                 .member("name", delivery.failure.name)
                 .member("message", delivery.failure.message)
                 .text())
        .member("attempts", delivery.attempts)
        .member("first_failure", delivery.first_failure)
        .member("last_failure", delivery.last_failure)
        .member("state", to_string(delivery.state))
        .member("reason", delivery.reason)
        .member("replay", delivery.replay == 0 ? std::nullopt : std::optional(delivery.replay));
    return text;
}

std::string group_text(const bus::DeadLetterGroup& group) {
    return ObjectText()
        .member("subscriber", group.subscriber)
        .member("error", group.error_name)
        .member("message", group.message)
        .member("count", group.count)
        .member("first_failure", group.first_failure)
        .member("last_failure", group.last_failure)
        .text();
}

std::string audit_text(const bus::AuditRow& row) {
    return ObjectText()
        .member("id", row.id)
        .member("requested_by", row.requested_by)
        .member("at", row.at)
        .member("action", row.action)
        .member("subject", row.subject)
        .member("count", row.count)
        .member("reason", row.reason)
        .text();
}

std::string handler_log_row_text(const bus::HandlerLogRow& row) {
    return ObjectText().members(execution::shown(row)).text();
}

std::string by_type_text(const bus::BusStats& stats) {
    ObjectText text;
    for (const auto& [type, count] : stats.subscriptions_by_type) text.member(type, count);
    return text.text();
}

}  // namespace

std::string bus_stats_text(const bus::BusStats& stats,
                           const std::vector<bus::SubscriberStatus>& subscribers) {
    return ObjectText()
        .member("total_subscriptions", stats.total_subscriptions)
        .raw("subscriptions_by_type", by_type_text(stats))
        .member("dead_letter_count", stats.dead_letter_count)
        .raw("subscribers", list_text(subscribers, status_text))
        .text();
}

std::string subscriptions_text(const std::vector<bus::SubscriberStatus>& subscribers) {
    return ObjectText().raw("subscriptions", list_text(subscribers, subscription_text)).text();
}

std::string letters_text(const std::vector<bus::DeadLetter>& letters, const bus::Page& page) {
    const auto write = [](const bus::DeadLetter& letter) {
        return dead_letter_members(letter).text();
    };
    const auto id = [](const bus::DeadLetter& letter) { return letter.delivery.id; };
    return page_text("dead_letters", letters, page, write, id);
}

std::string dead_letter_text(const bus::DeadLetter& letter) {
    return dead_letter_members(letter)
        .raw("event", letter.body.empty() ? "null" : letter.body)
        .text();
}

std::string dead_letter_groups_text(const std::vector<bus::DeadLetterGroup>& groups) {
    return ObjectText().raw("groups", list_text(groups, group_text)).text();
}

std::string replays_text(const std::vector<bus::Replay>& replays, const bus::Page& page) {
    return page_text("replays", replays, page, replay_text, [](const auto& r) { return r.id; });
}

std::string replay_text(const bus::Replay& replay) {
    return ObjectText().members(execution::shown(replay)).text();
}

std::string audits_text(const std::vector<bus::AuditRow>& rows, const bus::Page& page) {
    return page_text("audit", rows, page, audit_text, [](const auto& row) { return row.id; });
}

std::string handler_log_text(const std::vector<bus::HandlerLogRow>& rows, const bus::Page& page) {
    return page_text(
        "ledger", rows, page, handler_log_row_text, [](const auto& row) { return row.id; });
}

std::string count_text(std::string_view key, std::int64_t count) {
    return ObjectText().member(key, count).text();
}

}  // namespace rotacast::api

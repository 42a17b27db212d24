#include "store/delivery_copy.hpp"

#include "reflect/json.hpp"
#include "store/delivery_columns.hpp"

namespace rotacast::store {
namespace {

#define RECORD_TEXT                                                                              \
    "json_object('types', s.types, 'epoch', s.epoch, 'position', s.position, 'begun', s.begun, " \
    "'paused', s.paused, 'paused_by', s.paused_by, 'reason', s.reason, 'done', s.done, "         \
    "'failed_attempts', s.failed_attempts, 'missed', s.missed, 'last_error', s.last_error, "     \
    "'failing_since', s.failing_since)"

#define ROW_TEXT                                                                             \
    "json_object('event_type', d.event_type, 'epoch', d.epoch, 'offset', d.offset, "         \
    "'stored_at', d.stored_at, 'publisher', d.publisher, 'lane', d.lane, 'state', d.state, " \
    "'attempts', d.attempts, 'due', d.due, 'suspect', d.suspect, 'isolated', d.isolated, "   \
    "'error_name', d.error_name, 'error_message', d.error_message, 'first_failure', "        \
    "d.first_failure, 'last_failure', d.last_failure, 'reason', d.reason, 'body', d.body, "  \
    "'provenance', d.provenance)"

}  // namespace

// Without the columns that say nothing to another node: leases, and whether there is a handler.
const char* const collect_changes = R"sql(
CREATE TEMP TABLE IF NOT EXISTS changed_rows (subscriber INTEGER, event_id BLOB);
CREATE TEMP TABLE IF NOT EXISTS removed_subscribers (name TEXT);
CREATE TEMP TRIGGER IF NOT EXISTS row_added AFTER INSERT ON main.deliveries BEGIN
    INSERT INTO changed_rows VALUES (NEW.subscriber, NEW.event_id);
END;
CREATE TEMP TRIGGER IF NOT EXISTS row_changed AFTER UPDATE OF state, attempts, due, suspect,
    isolated, error_name, error_message, first_failure, last_failure, reason ON main.deliveries
BEGIN
    INSERT INTO changed_rows VALUES (NEW.subscriber, NEW.event_id);
END;
CREATE TEMP TRIGGER IF NOT EXISTS row_removed AFTER DELETE ON main.deliveries BEGIN
    INSERT INTO changed_rows VALUES (OLD.subscriber, OLD.event_id);
END;
CREATE TEMP TRIGGER IF NOT EXISTS subscriber_added AFTER INSERT ON main.subscribers BEGIN
    INSERT INTO changed_rows VALUES (NEW.id, NULL);
END;
CREATE TEMP TRIGGER IF NOT EXISTS subscriber_changed AFTER UPDATE OF types, epoch, position, begun,
    paused, paused_by, reason, done, failed_attempts, missed, last_error, failing_since
    ON main.subscribers
BEGIN
    INSERT INTO changed_rows VALUES (NEW.id, NULL);
END;
CREATE TEMP TRIGGER IF NOT EXISTS subscriber_removed AFTER DELETE ON main.subscribers BEGIN
    INSERT INTO removed_subscribers VALUES (OLD.name);
END;
)sql";

std::optional<bus::Cursor> begun_in(const std::string& record) {
    const auto parsed = reflect::parse_json(record);
    const auto* object = parsed ? parsed->if_object() : nullptr;
    const auto* epoch = object ? object->if_contains("epoch") : nullptr;
    const auto* begun = object ? object->if_contains("begun") : nullptr;
    if (!epoch || !epoch->is_string() || !begun || !begun->is_int64()) return std::nullopt;
    return bus::Cursor{std::string(epoch->as_string()), {restored(begun->as_int64())}};
}

std::vector<SubscriberChanges> take_changes(DeliveryFile& file) {
    std::map<std::string, SubscriberChanges> changes;
    file.each("SELECT DISTINCT name FROM removed_subscribers", [&](const Query& row) {
        const std::string name(row.text(0));
        changes.insert_or_assign(name, SubscriberChanges{name, std::nullopt, {}});
    });
    file.each(
        "SELECT s.name, " RECORD_TEXT
        " FROM subscribers s WHERE s.id IN (SELECT subscriber FROM changed_rows)",
        [&](const Query& row) {
            const std::string name(row.text(0));
            changes.insert_or_assign(name, SubscriberChanges{name, std::string(row.text(1)), {}});
        });
    file.each("SELECT s.name, c.event_id, d.id, " ROW_TEXT
              " FROM (SELECT DISTINCT subscriber, event_id FROM changed_rows "
              "WHERE event_id IS NOT NULL) c JOIN subscribers s ON s.id = c.subscriber "
              "LEFT JOIN deliveries d ON d.subscriber = c.subscriber AND d.event_id = c.event_id",
              [&](const Query& row) {
                  const auto event = uuid_at(row, 1);
                  if (!event) return;
                  auto text =
                      row.is_null(2) ? std::nullopt : std::optional(std::string(row.text(3)));
                  changes[std::string(row.text(0))].rows.insert_or_assign(*event, std::move(text));
              });
    file.run("DELETE FROM changed_rows");
    file.run("DELETE FROM removed_subscribers");
    std::vector<SubscriberChanges> list;
    list.reserve(changes.size());
    for (auto& [name, one] : changes) list.push_back(std::move(one));
    return list;
}

std::optional<SubscriberCopy> copy_of(DeliveryFile& file, const std::string& name) {
    std::optional<SubscriberCopy> copy;
    file.each(
        "SELECT " RECORD_TEXT " FROM subscribers s WHERE s.name = ?",
        [&](const Query& row) {
            copy.emplace(SubscriberCopy{std::string(row.text(0)), {}});
        },
        name);
    file.each(
        "SELECT d.event_id, " ROW_TEXT
        " FROM deliveries d JOIN subscribers s ON s.id = d.subscriber WHERE s.name = ?",
        [&](const Query& row) {
            if (const auto event = uuid_at(row, 0); event && copy)
                copy->rows.insert_or_assign(*event, std::string(row.text(1)));
        },
        name);
    return copy;
}

void put_copy(DeliveryFile& file, const std::string& name, const SubscriberCopy& copy) {
    file.run(
        "INSERT INTO subscribers (name, types, epoch, position, begun, present, paused, paused_by, "
        "reason, done, failed_attempts, missed, last_error, failing_since) "
        "SELECT ?1, ?2 ->> 'types', ?2 ->> 'epoch', ?2 ->> 'position', ?2 ->> 'begun', 0, "
        "?2 ->> 'paused', ?2 ->> 'paused_by', ?2 ->> 'reason', ?2 ->> 'done', "
        "?2 ->> 'failed_attempts', ?2 ->> 'missed', ?2 ->> 'last_error', ?2 ->> 'failing_since' "
        "WHERE true ON CONFLICT (name) DO UPDATE SET types = excluded.types, "
        "epoch = excluded.epoch, position = excluded.position, begun = excluded.begun, "
        "paused = excluded.paused, paused_by = excluded.paused_by, reason = excluded.reason, "
        "done = excluded.done, failed_attempts = excluded.failed_attempts, "
        "missed = excluded.missed, last_error = excluded.last_error, "
        "failing_since = excluded.failing_since",
        name,
        copy.record);
    file.run(
        "DELETE FROM deliveries WHERE subscriber = (SELECT id FROM subscribers WHERE name = ?)",
        name);
    for (const auto& [event, text] : copy.rows)
        file.run(
            "INSERT INTO deliveries (subscriber, event_id, event_type, epoch, offset, stored_at, "
            "publisher, lane, state, attempts, due, suspect, isolated, error_name, error_message, "
            "first_failure, last_failure, replay, reason, body, provenance) "
            "SELECT s.id, ?2, ?3 ->> 'event_type', ?3 ->> 'epoch', ?3 ->> 'offset', "
            "?3 ->> 'stored_at', ?3 ->> 'publisher', ?3 ->> 'lane', ?3 ->> 'state', "
            "?3 ->> 'attempts', ?3 ->> 'due', ?3 ->> 'suspect', ?3 ->> 'isolated', "
            "?3 ->> 'error_name', ?3 ->> 'error_message', ?3 ->> 'first_failure', "
            "?3 ->> 'last_failure', 0, ?3 ->> 'reason', ?3 ->> 'body', ?3 ->> 'provenance' "
            "FROM subscribers s WHERE s.name = ?1",
            name,
            Bytes(event.bytes),
            text);
}

}  // namespace rotacast::store

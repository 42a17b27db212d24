#include "webhooks/sqlite_webhooks.hpp"

#include "reflect/encode.hpp"
#include "store/schema.hpp"

namespace rotacast::webhooks {
namespace {

using store::Query;

#define WEBHOOK_COLUMNS                                                      \
    "name, url, types, filter, active, timeout_ms, created_by, created_at, " \
    "updated_at, secret, previous_secret, previous_until, begins_after, format"

Error broken_row() {
    return {ErrorCode::internal, "A webhook's row cannot be read.", ""};
}

Result<Types> types_at(const Query& row, int column) {
    if (row.is_null(column)) return Types();
    const auto value = reflect::parse_json(row.text(column));
    const auto* list = value ? value->if_array() : nullptr;
    if (!list) return broken_row();
    std::vector<std::string> types;
    for (const auto& type : *list) {
        if (!type.is_string()) return broken_row();
        types.emplace_back(type.as_string());
    }
    return Types(std::move(types));
}

Result<json::object> object_at(const Query& row, int column) {
    const auto value = reflect::parse_json(row.text(column));
    if (!value || !value->is_object()) return broken_row();
    return value->as_object();
}

Timestamp time_at(const Query& row, int column) {
    return parse_timestamp(row.text(column)).value_or(Timestamp());
}

Result<StoredWebhook> webhook_at(const Query& row) {
    auto types = types_at(row, 2);
    if (!types) return types.error();
    auto filter = object_at(row, 3);
    if (!filter) return filter.error();
    StoredWebhook stored;
    auto& webhook = stored.webhook;
    webhook.name = row.text(0);
    webhook.url = row.text(1);
    webhook.types = std::move(*types);
    webhook.filter = std::move(*filter);
    webhook.active = row.integer(4) != 0;
    webhook.timeout_ms = row.integer(5);
    webhook.created_by = row.text(6);
    webhook.created_at = time_at(row, 7);
    webhook.updated_at = time_at(row, 8);
    stored.secrets.current = row.text(9);
    if (!row.is_null(10)) stored.secrets.previous = row.text(10);
    stored.secrets.previous_until = time_at(row, 11);
    webhook.begins_after = row.text(12);
    webhook.format = row.text(13);
    return stored;
}

std::optional<std::string> text_of(const Types& types) {
    if (!types) return std::nullopt;
    std::string text;
    reflect::encode(text, *types, {});
    return text;
}

std::int64_t stored_flag(bool flag) {
    return flag ? 1 : 0;
}

Error no_such_webhook() {
    return {ErrorCode::not_found, "There is no webhook of this name.", ""};
}

}  // namespace

Result<std::unique_ptr<SqliteWebhooks>> SqliteWebhooks::open(const std::string& path,
                                                             store::ConnectionOptions options) {
    auto connection = store::open_database(path, options);
    if (!connection) return connection.error();
    return std::unique_ptr<SqliteWebhooks>(
        new SqliteWebhooks(path, options, std::move(*connection)));
}

/// Replaces the connection after an input/output error. The checkpoint writes again what a failed
/// flush may have lost (docs/adr/0029).
Result<void> SqliteWebhooks::mend() {
    if (!connection_->io_failed()) return {};
    auto opened = store::open_database(path_, options_);
    if (!opened) return opened.error();
    if (auto done = opened->checkpoint(); !done) return done;
    connection_.emplace(std::move(*opened));
    return {};
}

Result<std::vector<StoredWebhook>> SqliteWebhooks::list() {
    const std::scoped_lock lock(mutex_);
    if (auto usable = mend(); !usable) return usable.error();
    auto query = connection_->query("SELECT " WEBHOOK_COLUMNS " FROM webhooks ORDER BY name");
    if (!query) return query.error();
    std::vector<StoredWebhook> all;
    for (;;) {
        const auto row = query->next();
        if (!row) return row.error();
        if (!*row) return all;
        auto stored = webhook_at(*query);
        if (!stored) return stored.error();
        all.push_back(std::move(*stored));
    }
}

Result<std::optional<StoredWebhook>> SqliteWebhooks::find(std::string_view name) {
    const std::scoped_lock lock(mutex_);
    if (auto usable = mend(); !usable) return usable.error();
    auto query =
        connection_->query("SELECT " WEBHOOK_COLUMNS " FROM webhooks WHERE name = ?", name);
    if (!query) return query.error();
    const auto row = query->next();
    if (!row) return row.error();
    if (!*row) return std::optional<StoredWebhook>();
    auto stored = webhook_at(*query);
    if (!stored) return stored.error();
    return std::optional(std::move(*stored));
}

Result<void> SqliteWebhooks::add(const StoredWebhook& stored) {
    const auto& webhook = stored.webhook;
    const std::scoped_lock lock(mutex_);
    if (auto usable = mend(); !usable) return usable;
    const auto added = connection_->run("INSERT INTO webhooks (" WEBHOOK_COLUMNS
                                        ") "
                                        "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? "
                                        "WHERE (SELECT count(*) FROM webhooks) < ?",
                                        webhook.name,
                                        webhook.url,
                                        text_of(webhook.types),
                                        reflect::to_json_text(webhook.filter),
                                        stored_flag(webhook.active),
                                        webhook.timeout_ms,
                                        webhook.created_by,
                                        to_string(webhook.created_at),
                                        to_string(webhook.updated_at),
                                        stored.secrets.current,
                                        stored.secrets.previous,
                                        to_string(stored.secrets.previous_until),
                                        webhook.begins_after,
                                        webhook.format,
                                        static_cast<std::int64_t>(webhooks_max));
    if (added && *added == 1) return {};
    if (added)
        return Error{
            ErrorCode::conflict,
            "There are " + std::to_string(webhooks_max) + " webhooks already; remove one first.",
            ""};
    if (added.error().code != ErrorCode::conflict) return added.error();
    return Error{ErrorCode::conflict, "There is a webhook of this name already.", "/name"};
}

Result<void> SqliteWebhooks::replace(const StoredWebhook& stored) {
    const auto& webhook = stored.webhook;
    const std::scoped_lock lock(mutex_);
    if (auto usable = mend(); !usable) return usable;
    const auto changed = connection_->run(
        "UPDATE webhooks SET url = ?, types = ?, filter = ?, active = ?, timeout_ms = ?, "
        "updated_at = ?, secret = ?, previous_secret = ?, previous_until = ?, format = ? "
        "WHERE name = ?",
        webhook.url,
        text_of(webhook.types),
        reflect::to_json_text(webhook.filter),
        stored_flag(webhook.active),
        webhook.timeout_ms,
        to_string(webhook.updated_at),
        stored.secrets.current,
        stored.secrets.previous,
        to_string(stored.secrets.previous_until),
        webhook.format,
        webhook.name);
    if (!changed) return changed.error();
    if (*changed == 0) return no_such_webhook();
    return {};
}

Result<void> SqliteWebhooks::remove(std::string_view name) {
    const std::scoped_lock lock(mutex_);
    if (auto usable = mend(); !usable) return usable;
    const auto removed = connection_->run("DELETE FROM webhooks WHERE name = ?", name);
    if (!removed) return removed.error();
    if (*removed == 0) return no_such_webhook();
    return {};
}

}  // namespace rotacast::webhooks

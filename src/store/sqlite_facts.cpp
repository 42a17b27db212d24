#include "store/sqlite_facts.hpp"

#include "base/log.hpp"
#include "store/fact_rows.hpp"
#include "store/schema.hpp"

#include <set>
#include <utility>

namespace rotacast::store {

Result<std::unique_ptr<SqliteFacts>> SqliteFacts::open(const std::string& path,
                                                       ConnectionOptions options) {
    auto connection = open_database(path, options);
    if (!connection) return connection.error();
    return std::unique_ptr<SqliteFacts>(new SqliteFacts(std::move(*connection)));
}

Result<FactBatch> SqliteFacts::read(std::int64_t after, std::size_t changes_max, Timestamp now) {
    FactBatch batch;
    batch.up_to = after;
    std::vector<std::pair<std::string, std::string>> changed;
    {
        auto query = connection_.query(
            "SELECT change, kind, key FROM fact_versions WHERE change > ? ORDER BY change LIMIT ?",
            after,
            static_cast<std::int64_t>(changes_max));
        if (!query) return query.error();
        std::set<std::pair<std::string, std::string>> seen;
        std::size_t rows = 0;
        for (;; ++rows) {
            const auto row = query->next();
            if (!row) return row.error();
            if (!*row) break;
            batch.up_to = query->integer(0);
            std::pair fact{std::string(query->text(1)), std::string(query->text(2))};
            if (seen.insert(fact).second) changed.push_back(std::move(fact));
        }
        batch.more = rows == changes_max;
    }
    for (const auto& [kind, key] : changed) {
        auto fact = load_fact(connection_, kind, key);
        if (!fact) return fact.error();
        const bool is_over = fact->expires_at && *fact->expires_at <= now;
        if (!fact->fields.empty() && !is_over) batch.facts.push_back(std::move(*fact));
    }
    return batch;
}

Result<void> SqliteFacts::merge(const std::vector<Fact>& facts, Timestamp now) {
    if (facts.empty()) return {};
    auto transaction = Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    for (const auto& fact : facts) {
        if (fact.expires_at && *fact.expires_at <= now) continue;
        auto known = load_fact(connection_, fact.kind, fact.key);
        if (!known) return known.error();
        const auto newer = newer_fields(fact.fields, known->fields);
        if (newer.empty()) continue;
        auto stored = store_fact(connection_, *known, newer);
        if (stored) continue;
        if (stored.error().code == ErrorCode::unavailable) return stored;
        log::warn("What another node said is not stored here: {}", stored.error().message);
    }
    return transaction->commit();
}

}  // namespace rotacast::store

#include "store/schema.hpp"

#include "store/facts_schema.hpp"

#include <array>

namespace rotacast::store {
namespace {

// Names and types of `users` and `token_blacklist` are the original's (wire specification §1.2).
// directory_changes notifies other processes; it names only what they cache, so a login's timestamp
// is not recorded.
constexpr const char* directory_schema = R"sql(
CREATE TABLE users (
    id CHAR(36) PRIMARY KEY NOT NULL,
    username VARCHAR(100) NOT NULL UNIQUE,
    email VARCHAR(255) UNIQUE,
    hashed_password VARCHAR(255) NOT NULL DEFAULT '',
    role VARCHAR(50) NOT NULL DEFAULT 'coordinator' CHECK (role IN (
        'admin', 'coordinator', 'faculty', 'clinical_staff', 'rn', 'lpn', 'msa', 'resident')),
    is_active BOOLEAN DEFAULT 1,
    person_id CHAR(36),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    last_login TIMESTAMP
);
CREATE TABLE token_blacklist (
    id CHAR(36) PRIMARY KEY NOT NULL,
    jti VARCHAR(36) NOT NULL UNIQUE,
    token_type VARCHAR(20) NOT NULL DEFAULT 'access',
    user_id CHAR(36),
    blacklisted_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    reason VARCHAR(100)
);
CREATE INDEX token_blacklist_expires_at ON token_blacklist (expires_at);
CREATE TABLE api_keys (
    name TEXT PRIMARY KEY NOT NULL,
    key_sha256 TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL
) WITHOUT ROWID;
CREATE TABLE directory_changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id CHAR(36),
    jti VARCHAR(36)
);
CREATE TRIGGER users_inserted AFTER INSERT ON users BEGIN
    INSERT INTO directory_changes (user_id) VALUES (NEW.id);
END;
CREATE TRIGGER users_updated
AFTER UPDATE OF id, username, role, is_active, person_id, hashed_password ON users BEGIN
    INSERT INTO directory_changes (user_id) VALUES (NEW.id);
END;
CREATE TRIGGER users_deleted AFTER DELETE ON users BEGIN
    INSERT INTO directory_changes (user_id) VALUES (OLD.id);
END;
CREATE TRIGGER token_blacklist_inserted AFTER INSERT ON token_blacklist BEGIN
    INSERT INTO directory_changes (jti) VALUES (NEW.jti);
END;
CREATE TRIGGER directory_changes_trimmed AFTER INSERT ON directory_changes BEGIN
    DELETE FROM directory_changes WHERE seq <= NEW.seq - 10000;
END;
)sql";

// journal_meta has one row. It stores `last` separately because retention may remove all entries;
// `bytes` is the sum of the bodies.
constexpr const char* journal_schema = R"sql(
CREATE TABLE journal (
    offset INTEGER PRIMARY KEY,
    event_id BLOB NOT NULL UNIQUE,
    event_type TEXT NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    publisher TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE journal_meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch TEXT NOT NULL,
    last INTEGER NOT NULL,
    bytes INTEGER NOT NULL
);
INSERT INTO journal_meta VALUES (1, lower(hex(randomblob(6))), 0, 0);
CREATE TABLE idempotency (
    publisher TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    receipts BLOB NOT NULL,
    stored_at INTEGER NOT NULL,
    PRIMARY KEY (publisher, key)
);
CREATE INDEX idempotency_stored_at ON idempotency (stored_at);
CREATE TABLE journal_probe (id INTEGER PRIMARY KEY, ballast BLOB);
)sql";

// Secrets are stored in plain text because signing needs them. Only the file's owner can read it.
constexpr const char* webhooks_schema = R"sql(
CREATE TABLE webhooks (
    name TEXT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL,
    types TEXT,
    filter TEXT NOT NULL,
    active INTEGER NOT NULL,
    timeout_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until TIMESTAMP
) WITHOUT ROWID;
)sql";

constexpr const char* webhooks_begin_schema = R"sql(
ALTER TABLE webhooks ADD COLUMN begins_after TEXT NOT NULL DEFAULT '';
)sql";

// `marked`: a mark file once existed, so a missing one is significant. Former epochs: what the
// present one shares with each.
constexpr const char* epochs_schema = R"sql(
ALTER TABLE journal_meta ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
CREATE TABLE journal_former_epochs (
    id INTEGER PRIMARY KEY,
    epoch TEXT NOT NULL,
    shared INTEGER NOT NULL
);
)sql";

// The newest entry of each aggregate, from entry journal_meta.versions_from on. Replaces an index
// that could only be built in one go.
constexpr const char* versions_schema = R"sql(
DROP INDEX IF EXISTS journal_aggregate;
CREATE TABLE aggregate_versions (
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id)
) WITHOUT ROWID;
ALTER TABLE journal_meta ADD COLUMN versions_from INTEGER;
)sql";

// `known` is what earlier events said about the things that an entry refers to, NULL for nothing.
// journal_facts holds what is known about each thing, up to entry facts_up_to, so that it survives
// retention and restarts.
constexpr const char* journal_facts_schema = R"sql(
ALTER TABLE journal ADD COLUMN known TEXT;
ALTER TABLE journal_meta ADD COLUMN facts_up_to INTEGER NOT NULL DEFAULT 0;
CREATE TABLE journal_facts (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    offset INTEGER NOT NULL,
    fact TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX journal_facts_offset ON journal_facts (kind, offset);
)sql";

constexpr const char* webhooks_format_schema = R"sql(
ALTER TABLE webhooks ADD COLUMN format TEXT NOT NULL DEFAULT 'rotacast';
)sql";

// `provenance` is where an event comes from, NULL if nothing is known. Events of a `strict` key are
// refused if something of them would be ignored or no client would be sent them.
constexpr const char* intake_schema = R"sql(
ALTER TABLE journal ADD COLUMN provenance TEXT;
ALTER TABLE api_keys ADD COLUMN strict BOOLEAN NOT NULL DEFAULT 0;
)sql";

// Tokens of a user that were issued before `tokens_from` count no more.
constexpr const char* sign_out_schema = R"sql(
ALTER TABLE users ADD COLUMN tokens_from TIMESTAMP;
CREATE TRIGGER users_signed_out AFTER UPDATE OF tokens_from ON users BEGIN
    INSERT INTO directory_changes (user_id) VALUES (NEW.id);
END;
)sql";

// `replica`: the order of the entries came from a cluster, which goes on in the journal's epoch.
constexpr const char* replica_schema = R"sql(
ALTER TABLE journal_meta ADD COLUMN replica INTEGER NOT NULL DEFAULT 0;
)sql";

// Append only: never change a released migration.
constexpr std::array migrations{directory_schema,
                                journal_schema,
                                webhooks_schema,
                                webhooks_begin_schema,
                                epochs_schema,
                                versions_schema,
                                journal_facts_schema,
                                webhooks_format_schema,
                                intake_schema,
                                sign_out_schema,
                                replica_schema,
                                facts_schema,
                                webhook_facts_schema};
constexpr auto version_known = static_cast<std::int64_t>(migrations.size());

}  // namespace

Result<void> migrate(Connection& connection, std::int64_t up_to) {
    auto version = connection.version();
    if (!version) return version.error();
    if (*version == up_to) return {};
    auto transaction = Transaction::begin(connection);
    if (!transaction) return transaction.error();
    version = connection.version();  // another process may have migrated it
    if (!version) return version.error();
    if (*version > version_known)
        return Error{ErrorCode::internal,
                     "The database was written by a newer version of this program.",
                     ""};
    for (auto next = *version; next < up_to; ++next)
        if (auto done = connection.execute(migrations[static_cast<std::size_t>(next)]); !done)
            return done.error();
    const auto mark = "PRAGMA user_version=" + std::to_string(up_to);
    if (auto done = connection.execute(mark.c_str()); !done) return done.error();
    return transaction->commit();
}

Result<Connection> open_database(const std::string& path, ConnectionOptions options) {
    auto connection = Connection::open(path, options);
    if (!connection) return connection;
    if (options.read_only) {
        const auto version = connection->version();
        if (!version) return version.error();
        if (*version == version_known) return connection;
        return Error{ErrorCode::internal, "The database is of another version.", ""};
    }
    if (auto done = migrate(*connection, version_known); !done) return done.error();
    return connection;
}

}  // namespace rotacast::store

#pragma once

// The migration that gives the directory's rows versions, as facts have (fact.hpp).

namespace rotacast::store {

// fact_versions says when each field of each fact was last stated, in the order in which this file
// learned it. Triggers write it, so that it also knows what other processes change. A new version
// is more than the former one even if this machine's clock is behind that of the node which made
// it. A removed row leaves its versions, so that other nodes learn of it.
//
// A name may have several API keys: those that nodes made before they heard of each other.
inline constexpr const char* facts_schema = R"sql(
CREATE TABLE api_keys_by_key (
    name TEXT NOT NULL,
    key_sha256 TEXT PRIMARY KEY NOT NULL,
    created_at TIMESTAMP NOT NULL,
    strict BOOLEAN NOT NULL DEFAULT 0
) WITHOUT ROWID;
INSERT INTO api_keys_by_key SELECT name, key_sha256, created_at, strict FROM api_keys;
DROP TABLE api_keys;
ALTER TABLE api_keys_by_key RENAME TO api_keys;
CREATE INDEX api_keys_name ON api_keys (name);

CREATE TABLE fact_versions (
    change INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    field TEXT NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX fact_versions_fact ON fact_versions (kind, key, field);

INSERT INTO fact_versions (kind, key, field, version)
SELECT 'user', id, field,
    coalesce(CAST(round((julianday(updated_at) - 2440587.5) * 86400000) AS INTEGER), 0)
FROM users, (SELECT 'name' AS field UNION ALL SELECT 'email' UNION ALL SELECT 'role'
    UNION ALL SELECT 'active' UNION ALL SELECT 'person' UNION ALL SELECT 'password'
    UNION ALL SELECT 'created_at' UNION ALL SELECT 'tokens_from' UNION ALL SELECT 'removed');
INSERT INTO fact_versions (kind, key, field, version)
SELECT 'revoked_token', jti, 'revoked',
    coalesce(CAST(round((julianday(blacklisted_at) - 2440587.5) * 86400000) AS INTEGER), 0)
FROM token_blacklist;
INSERT INTO fact_versions (kind, key, field, version)
SELECT 'api_key', key_sha256, 'key',
    coalesce(CAST(round((julianday(created_at) - 2440587.5) * 86400000) AS INTEGER), 0)
FROM api_keys;

CREATE VIEW fact_changes AS SELECT kind, key, field FROM fact_versions;
CREATE TRIGGER fact_changed INSTEAD OF INSERT ON fact_changes BEGIN
    INSERT INTO fact_versions (kind, key, field, version)
    SELECT NEW.kind, NEW.key, NEW.field,
        max(CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER),
            coalesce(max(version) + 1, 0))
    FROM fact_versions WHERE kind = NEW.kind AND key = NEW.key AND field = NEW.field;
    DELETE FROM fact_versions
    WHERE kind = NEW.kind AND key = NEW.key AND field = NEW.field AND change <
        (SELECT max(change) FROM fact_versions
         WHERE kind = NEW.kind AND key = NEW.key AND field = NEW.field);
END;

CREATE TRIGGER fact_user_inserted AFTER INSERT ON users BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES
        ('user', NEW.id, 'name'), ('user', NEW.id, 'email'), ('user', NEW.id, 'role'),
        ('user', NEW.id, 'active'), ('user', NEW.id, 'person'), ('user', NEW.id, 'password'),
        ('user', NEW.id, 'created_at'), ('user', NEW.id, 'tokens_from'),
        ('user', NEW.id, 'removed');
END;
CREATE TRIGGER fact_user_deleted AFTER DELETE ON users BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('user', OLD.id, 'removed');
END;
CREATE TRIGGER fact_user_name AFTER UPDATE OF username ON users
WHEN NEW.username IS NOT OLD.username BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('user', NEW.id, 'name');
END;
CREATE TRIGGER fact_user_email AFTER UPDATE OF email ON users
WHEN NEW.email IS NOT OLD.email BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('user', NEW.id, 'email');
END;
CREATE TRIGGER fact_user_role AFTER UPDATE OF role ON users WHEN NEW.role IS NOT OLD.role BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('user', NEW.id, 'role');
END;
CREATE TRIGGER fact_user_active AFTER UPDATE OF is_active ON users
WHEN NEW.is_active IS NOT OLD.is_active BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('user', NEW.id, 'active');
END;
CREATE TRIGGER fact_user_person AFTER UPDATE OF person_id ON users
WHEN NEW.person_id IS NOT OLD.person_id BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('user', NEW.id, 'person');
END;
CREATE TRIGGER fact_user_password AFTER UPDATE OF hashed_password ON users
WHEN NEW.hashed_password IS NOT OLD.hashed_password BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('user', NEW.id, 'password');
END;
CREATE TRIGGER fact_user_tokens_from AFTER UPDATE OF tokens_from ON users
WHEN NEW.tokens_from IS NOT OLD.tokens_from BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('user', NEW.id, 'tokens_from');
END;

CREATE TRIGGER fact_token_revoked AFTER INSERT ON token_blacklist BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('revoked_token', NEW.jti, 'revoked');
END;
CREATE TRIGGER fact_token_forgotten AFTER DELETE ON token_blacklist BEGIN
    DELETE FROM fact_versions WHERE kind = 'revoked_token' AND key = OLD.jti;
END;
CREATE TRIGGER fact_api_key_added AFTER INSERT ON api_keys BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('api_key', NEW.key_sha256, 'key');
END;
CREATE TRIGGER fact_api_key_revoked AFTER DELETE ON api_keys BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('api_key', OLD.key_sha256, 'key');
END;
)sql";

// A webhook is one field: its columns are changed together.
inline constexpr const char* webhook_facts_schema = R"sql(
INSERT INTO fact_versions (kind, key, field, version)
SELECT 'webhook', name, 'webhook',
    coalesce(CAST(round((julianday(updated_at) - 2440587.5) * 86400000) AS INTEGER), 0)
FROM webhooks;
CREATE TRIGGER fact_webhook_added AFTER INSERT ON webhooks BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('webhook', NEW.name, 'webhook');
END;
CREATE TRIGGER fact_webhook_changed AFTER UPDATE ON webhooks BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('webhook', NEW.name, 'webhook');
END;
CREATE TRIGGER fact_webhook_removed AFTER DELETE ON webhooks BEGIN
    INSERT INTO fact_changes (kind, key, field) VALUES ('webhook', OLD.name, 'webhook');
END;
)sql";

}  // namespace rotacast::store

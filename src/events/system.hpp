#pragma once

// Operations of the back end. Wire specification §3.4. Not shown to clients.

#include "events/vocabulary.hpp"

namespace rotacast::events {

struct SnapshotCreated {
    static constexpr std::string_view type = "SnapshotCreated";
    static constexpr std::string_view aggregate = "Snapshot";
    std::string snapshot_id;
    std::string snapshot_type;
    std::int64_t event_count = 0;
    std::int64_t data_size_bytes = 0;
};
DESCRIBE(SnapshotCreated,
         "A snapshot was stored.",
         (snapshot_id, "The snapshot."),
         (snapshot_type, "Of what."),
         (event_count, "How many events it stands for."),
         (data_size_bytes, "How large it is."))

struct MigrationStarted {
    static constexpr std::string_view type = "MigrationStarted";
    static constexpr std::string_view aggregate = "Migration";
    std::string migration_id;
    std::string migration_name;
    std::string started_by;
};
DESCRIBE(MigrationStarted,
         "A migration of data began.",
         (migration_id, "The migration."),
         (migration_name, "What it does."),
         (started_by, "Who started it."))

struct MigrationCompleted {
    static constexpr std::string_view type = "MigrationCompleted";
    static constexpr std::string_view aggregate = "Migration";
    std::string migration_id;
    std::string migration_name;
    bool success = true;
    std::optional<double> duration_seconds;
    std::optional<std::string> error_message;
};
DESCRIBE(MigrationCompleted,
         "A migration of data ended.",
         (migration_id, "The migration."),
         (migration_name, "What it does."),
         (success, "Whether it went well.", defaulted),
         (duration_seconds, "How long it took."),
         (error_message, "What went wrong."))

using SystemEvents = mp_list<SnapshotCreated, MigrationStarted, MigrationCompleted>;

}  // namespace rotacast::events

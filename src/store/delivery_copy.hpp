#pragma once

// A subscriber's rows as texts, which another node's delivery file can take over: what a transaction
// changed, and all that there is. The texts are JSON; SQLite writes and reads them, so a version of
// this program ignores fields that it does not know.

#include "base/error.hpp"
#include "base/uuid.hpp"
#include "bus/journal.hpp"
#include "store/delivery_file.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rotacast::store {

/// What one transaction changed of one subscriber.
struct SubscriberChanges {
    std::string name;
    std::optional<std::string> record;                ///< as it is now; nullopt: it was removed
    std::map<Uuid, std::optional<std::string>> rows;  ///< by event; nullopt: gone

    bool operator==(const SubscriberChanges&) const = default;
};

/// All that the file has of one subscriber.
struct SubscriberCopy {
    std::string record;
    std::map<Uuid, std::string> rows;

    bool operator==(const SubscriberCopy&) const = default;
};

/// The last entry that the subscriber of this record may have started; nullopt: not a record.
std::optional<bus::Cursor> begun_in(const std::string& record);

/// SQL that makes a connection collect what its transactions change, in temporary tables.
extern const char* const collect_changes;

// Each within a transaction of `file`, whose errors are sticky.

/// What the transaction has changed so far, and forgets it. Needs `collect_changes`.
std::vector<SubscriberChanges> take_changes(DeliveryFile& file);
/// nullopt: there is no such subscriber.
std::optional<SubscriberCopy> copy_of(DeliveryFile& file, const std::string& name);
/// Replaces the record, under the id that it has here, and all rows. Replays of the other node are
/// not known here, so no replay counts these rows.
void put_copy(DeliveryFile& file, const std::string& name, const SubscriberCopy& copy);

}  // namespace rotacast::store

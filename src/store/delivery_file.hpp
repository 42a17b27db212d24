#pragma once

// The SQLite file of the deliveries, and the transaction in progress.
//
// It is separate from the journal's file: SQLite has one writer per file, and publishing must never
// wait for handlers. After an input/output error the file is reopened (docs/adr/0030).

#include "bus/delivery_store.hpp"
#include "store/file_lock.hpp"
#include "store/sqlite.hpp"

namespace rotacast::store {

/// Errors are sticky, as bus::DeliveryStore specifies. Thread: one.
class DeliveryFile {
  public:
    /// Creates the file if needed. `unavailable` if another process has locked it.
    static Result<DeliveryFile> open(const std::string& path, ConnectionOptions options);

    /// Runs the SQL now, and at each reopening of the file. Outside of a transaction. `sql`: a
    /// literal.
    Result<void> prepare_with(const char* sql);

    void begin(bus::Durability durability);
    Result<void> commit();
    Result<void> roll_back();

    /// Returns the number of changed rows; 0 after an error.
    template <class... Parameters>
    std::int64_t run(std::string_view sql, const Parameters&... parameters) {
        if (error_) return 0;
        const auto changed = connection_->run(sql, parameters...);
        if (!changed) error_ = changed.error();
        return changed ? *changed : 0;
    }

    /// Calls `read` for each row; for none after an error.
    template <class Read, class... Parameters>
    void each(std::string_view sql, Read read, const Parameters&... parameters) {
        if (error_) return;
        auto query = connection_->query(sql, parameters...);
        if (!query) return fail(query.error());
        for (;;) {
            const auto row = query->next();
            if (!row) return fail(row.error());
            if (!*row) return;
            read(*query);
        }
    }

  private:
    DeliveryFile(FileLock lock, FileLock file_lock, std::string path, ConnectionOptions options);

    /// Opens the file anew.
    Result<void> connect();
    void fail(const Error& error) { error_ = error; }

    FileLock lock_;
    FileLock file_lock_;  // before connection_, which must be closed first
    std::string path_;
    ConnectionOptions options_;
    const char* prepared_with_ = "";
    std::unique_ptr<Connection> connection_;
    bus::Durability durability_ = bus::Durability::durable;
    std::optional<Transaction> transaction_;
    std::optional<Error> error_;
};

}  // namespace rotacast::store

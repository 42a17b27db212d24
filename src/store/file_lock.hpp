#pragma once

// Prevents two processes from writing the same database.
//
// Two locks do it. The file `<database>.lock` is there before the database is touched, and says so
// even when the database was replaced. The lock on the database itself is found whatever name the
// other process used, also that of a hard link.

#include "base/error.hpp"

#include <string>
#include <utility>

namespace rotacast::store {

/// Held until destruction; the system releases it if the process is killed. The file stays.
///
/// The lock is flock's, which on a local file system does not meet the locks that SQLite takes
/// (fcntl's). But closing any descriptor of a file releases all of the process' fcntl locks on it:
/// take the lock of a database before this process opens it with SQLite, and give it back after the
/// last connection was closed.
class FileLock {
  public:
    /// Creates `file`, for its owner only, if it is not there. `unavailable` if another process
    /// holds the lock, or if the file cannot be opened. Does not wait. `database` is for messages.
    static Result<FileLock> take(const std::string& file, const std::string& database);

    FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

  private:
    explicit FileLock(int fd) : fd_(fd) {}

    int fd_;
};

}  // namespace rotacast::store

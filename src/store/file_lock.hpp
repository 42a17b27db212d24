#pragma once

// Prevents two processes from writing the same journal.

#include "base/error.hpp"

#include <string>
#include <utility>

namespace rotacast::store {

/// Held until destruction; the system releases it if the process is killed. The file stays.
class FileLock {
  public:
    /// `unavailable` if another process holds it. Does not wait.
    static Result<FileLock> take(const std::string& path);

    FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

  private:
    explicit FileLock(int fd) : fd_(fd) {}

    int fd_;
};

}  // namespace rotacast::store

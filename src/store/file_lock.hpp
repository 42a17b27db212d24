#pragma once

// Keeps a second process from writing the same journal.

#include "base/error.hpp"

#include <string>
#include <utility>

namespace rotacast::store {

/// Held until the end, also by a process that is killed. The file stays.
class FileLock {
  public:
    /// `unavailable` when somebody else holds it. Does not wait.
    static Result<FileLock> take(const std::string& path);

    FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

  private:
    explicit FileLock(int fd) : fd_(fd) {}

    int fd_;
};

}  // namespace rotacast::store

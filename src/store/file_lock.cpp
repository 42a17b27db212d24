#include "store/file_lock.hpp"

#include "store/cannot_open.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace rotacast::store {

Result<FileLock> FileLock::take(const std::string& file, const std::string& database) {
    const int fd = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        return cannot_open(file == database ? "The database" : "The lock file", file, errno);
    FileLock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno != EWOULDBLOCK)
        return Error{ErrorCode::unavailable,
                     "The file " + file +
                         " cannot be locked: " + std::generic_category().message(errno) + '.',
                     ""};
    return Error{
        ErrorCode::unavailable, "Another process has the database " + database + " in use.", ""};
}

FileLock::~FileLock() {
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace rotacast::store

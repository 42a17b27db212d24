#pragma once

// For tests: a failing disk. An SQLite VFS that wraps the default one and is itself the default
// during its lifetime, so every database opened meanwhile uses it. It counts writes and syncs and
// fails those that a test selects. SQLite's VFS interface: https://www.sqlite.org/vfs.html.

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <mutex>
#include <string>
#include <utility>

namespace rotacast::store {

/// At most one at a time in a process. Close the databases that use it before it is destroyed.
/// Thread-safe.
class FaultyVfs {
  public:
    static constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();

    FaultyVfs() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
        vfs_.zName = "rotacast-faulty";
        vfs_.pNext = nullptr;
        vfs_.pAppData = this;
        vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
        vfs_.xOpen = &open;
        sqlite3_vfs_register(&vfs_, 1);
    }
    ~FaultyVfs() {
        sqlite3_vfs_unregister(&vfs_);
        sqlite3_vfs_register(real_, 1);
    }
    FaultyVfs(const FaultyVfs&) = delete;
    FaultyVfs& operator=(const FaultyVfs&) = delete;

    /// Fails, of the calls from now on (on watched files), the `nth` (from 1) and the `times - 1`
    /// that follow it with `code`. Replaces earlier settings.
    void fail_sync(std::int64_t nth, std::int64_t times = 1, int code = SQLITE_IOERR_FSYNC) {
        syncs_.plan(nth, times, code);
    }
    void fail_write(std::int64_t nth, std::int64_t times = 1, int code = SQLITE_FULL) {
        writes_.plan(nth, times, code);
    }
    /// Ends all failures.
    void heal() {
        syncs_.plan(0, 0, SQLITE_OK);
        writes_.plan(0, 0, SQLITE_OK);
    }

    /// Counts and fails only calls on files whose path ends with this: `-wal`, `.db`. Empty: all.
    void watch(std::string suffix) {
        const std::scoped_lock lock(mutex_);
        suffix_ = std::move(suffix);
    }

    std::int64_t syncs() const { return syncs_.calls(); }
    std::int64_t writes() const { return writes_.calls(); }
    /// Changes of locks in the memory that the users of a write-ahead log share.
    std::int64_t locks() const { return locks_; }
    /// Files opened in total.
    std::int64_t opened() const { return opened_; }
    /// Calls that failed on purpose.
    std::int64_t failures() const { return syncs_.failures() + writes_.failures(); }

  private:
    class Counter {
      public:
        void plan(std::int64_t nth, std::int64_t times, int code) {
            const std::scoped_lock lock(mutex_);
            begin_ = times > 0 ? calls_ + nth : 0;
            end_ = times > for_ever - begin_ ? for_ever : begin_ + times;
            code_ = code;
        }
        int call() {
            const std::scoped_lock lock(mutex_);
            ++calls_;
            if (calls_ < begin_ || calls_ >= end_) return SQLITE_OK;
            ++failures_;
            return code_;
        }
        std::int64_t calls() const {
            const std::scoped_lock lock(mutex_);
            return calls_;
        }
        std::int64_t failures() const {
            const std::scoped_lock lock(mutex_);
            return failures_;
        }

      private:
        mutable std::mutex mutex_;
        std::int64_t calls_ = 0;
        std::int64_t failures_ = 0;
        std::int64_t begin_ = 0;
        std::int64_t end_ = 0;
        int code_ = SQLITE_OK;
    };

    /// SQLite's file object; the real file follows it in the same memory block.
    struct File {
        sqlite3_file base;
        FaultyVfs* vfs;
        std::string* path;

        sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    };

    static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
    static sqlite3_file* real(sqlite3_file* file) { return of(file).real(); }
    static const sqlite3_io_methods& methods_of(sqlite3_file* file) {
        return *real(file)->pMethods;
    }

    bool watches(const std::string& path) const {
        const std::scoped_lock lock(mutex_);
        return path.ends_with(suffix_);
    }

    static int open(
        sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
        auto* self = static_cast<FaultyVfs*>(vfs->pAppData);
        auto& opened = of(file);
        opened.base.pMethods = nullptr;
        const int code = self->real_->xOpen(self->real_, name, opened.real(), flags, out_flags);
        if (code != SQLITE_OK) return code;
        opened.vfs = self;
        opened.path = new std::string(name ? name : "");
        opened.base.pMethods = &methods;
        ++self->opened_;
        return SQLITE_OK;
    }
    static int close(sqlite3_file* file) {
        delete of(file).path;
        return methods_of(file).xClose(real(file));
    }
    static int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
        return methods_of(file).xRead(real(file), to, size, at);
    }
    static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
        auto& self = *of(file).vfs;
        if (self.watches(*of(file).path))
            if (const int code = self.writes_.call(); code != SQLITE_OK) return code;
        return methods_of(file).xWrite(real(file), from, size, at);
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size) {
        return methods_of(file).xTruncate(real(file), size);
    }
    static int sync(sqlite3_file* file, int flags) {
        auto& self = *of(file).vfs;
        if (self.watches(*of(file).path))
            if (const int code = self.syncs_.call(); code != SQLITE_OK) return code;
        return methods_of(file).xSync(real(file), flags);
    }
    static int file_size(sqlite3_file* file, sqlite3_int64* size) {
        return methods_of(file).xFileSize(real(file), size);
    }
    static int lock(sqlite3_file* file, int level) {
        return methods_of(file).xLock(real(file), level);
    }
    static int unlock(sqlite3_file* file, int level) {
        return methods_of(file).xUnlock(real(file), level);
    }
    static int check_reserved_lock(sqlite3_file* file, int* out) {
        return methods_of(file).xCheckReservedLock(real(file), out);
    }
    static int file_control(sqlite3_file* file, int operation, void* argument) {
        return methods_of(file).xFileControl(real(file), operation, argument);
    }
    static int sector_size(sqlite3_file* file) { return methods_of(file).xSectorSize(real(file)); }
    static int device_characteristics(sqlite3_file* file) {
        return methods_of(file).xDeviceCharacteristics(real(file));
    }
    static int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
        return methods_of(file).xShmMap(real(file), page, size, extend, out);
    }
    static int shm_lock(sqlite3_file* file, int offset, int n, int flags) {
        ++of(file).vfs->locks_;
        return methods_of(file).xShmLock(real(file), offset, n, flags);
    }
    static void shm_barrier(sqlite3_file* file) { methods_of(file).xShmBarrier(real(file)); }
    static int shm_unmap(sqlite3_file* file, int remove) {
        return methods_of(file).xShmUnmap(real(file), remove);
    }

    // Version 2: has shared memory (WAL) but no memory-mapped reads.
    static constexpr sqlite3_io_methods methods{.iVersion = 2,
                                                .xClose = &close,
                                                .xRead = &read,
                                                .xWrite = &write,
                                                .xTruncate = &truncate,
                                                .xSync = &sync,
                                                .xFileSize = &file_size,
                                                .xLock = &lock,
                                                .xUnlock = &unlock,
                                                .xCheckReservedLock = &check_reserved_lock,
                                                .xFileControl = &file_control,
                                                .xSectorSize = &sector_size,
                                                .xDeviceCharacteristics = &device_characteristics,
                                                .xShmMap = &shm_map,
                                                .xShmLock = &shm_lock,
                                                .xShmBarrier = &shm_barrier,
                                                .xShmUnmap = &shm_unmap,
                                                .xFetch = nullptr,
                                                .xUnfetch = nullptr};

    sqlite3_vfs* const real_;
    sqlite3_vfs vfs_;
    mutable std::mutex mutex_;
    std::string suffix_;
    std::atomic<std::int64_t> opened_ = 0;
    std::atomic<std::int64_t> locks_ = 0;
    Counter syncs_;
    Counter writes_;
};

}  // namespace rotacast::store

#pragma once

// A small file beside the database: what was seen of the journal. It is not part of the database,
// so that whoever puts back a copy of the database does not put this back too. From both together
// follows whether the journal may go on under its epoch (docs/adr/0028).

#include "bus/journal.hpp"
#include "store/sqlite.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rotacast::store {

/// Which file it is: a copy has another one, a file that stayed keeps it across restarts of the
/// machine. The device's number is left out, because it may change then.
struct FileIdentity {
    std::uint64_t inode = 0;
    std::int64_t created_ns = 0;  ///< 0 where the file system does not say

    static FileIdentity of(const std::string& path);
    bool operator==(const FileIdentity&) const = default;
};

/// An earlier epoch of the journal: its entries up to `shared` are those of the present one.
struct FormerEpoch {
    std::string epoch;
    bus::Offset shared = 0;

    bool operator==(const FormerEpoch&) const = default;
};

struct JournalMark {
    std::string epoch;
    bus::Offset seen = 0;  ///< the newest entry that was handed to anybody
    Timestamp time;        ///< the last one that retention went by; 1970: none
    FileIdentity file;
    std::string boot;  ///< of the machine, while which it was written
    Synchronous synchronous = Synchronous::full;
    bool clean = false;  ///< the journal was closed, and is on the disk
    /// The latest last; at most `former_max`.
    std::vector<FormerEpoch> former;

    static constexpr std::size_t former_max = 16;

    bool operator==(const JournalMark&) const = default;
};

std::string to_text(const JournalMark& mark);
/// nullopt unless it is what to_text() makes.
std::optional<JournalMark> parse_mark(const std::string& text);

/// Of this start of the machine; empty when it cannot be had, which equals no other.
std::string boot_id();

/// Thread: one at a time.
class JournalMarkFile {
  public:
    /// Creates the file for its owner alone (mode 0600). `unavailable` when it cannot be had.
    static Result<JournalMarkFile> open(const std::string& path);

    JournalMarkFile(JournalMarkFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    JournalMarkFile& operator=(JournalMarkFile&&) = delete;
    ~JournalMarkFile();

    /// nullopt: there is none, or it cannot be read.
    std::optional<JournalMark> read() const;

    /// All of it; survives power loss.
    Result<void> write(const JournalMark& mark);
    // Only this, of what stands there; survives the end of the process.
    Result<void> write_seen(bus::Offset seen);  ///< for every commit
    Result<void> write_time(Timestamp time);

  private:
    Result<void> write_at(std::int64_t at, std::string_view text);

    explicit JournalMarkFile(int fd) : fd_(fd) {}

    int fd_;
};

}  // namespace rotacast::store

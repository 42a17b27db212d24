#pragma once

// A small file beside the database that records what was seen of the journal. It is separate so
// that restoring a copy of the database does not restore it too. Comparing both shows whether the
// journal may keep its epoch (docs/adr/0028).

#include "bus/journal.hpp"
#include "store/sqlite.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rotacast::store {

/// Identifies a file: a copy differs, a file in place keeps its identity across reboots. The device
/// number is left out, because a reboot may change it.
struct FileIdentity {
    std::uint64_t inode = 0;
    std::int64_t created_ns = 0;  ///< 0 if the file system does not record it

    static FileIdentity of(const std::string& path);
    bool operator==(const FileIdentity&) const = default;
};

/// An earlier epoch of the journal. Its entries up to `shared` are also in the present one.
struct FormerEpoch {
    std::string epoch;
    bus::Offset shared = 0;

    bool operator==(const FormerEpoch&) const = default;
};

struct JournalMark {
    std::string epoch;
    bus::Offset seen = 0;  ///< the newest entry that was published
    Timestamp time;        ///< the last time that retention used; 1970: none
    FileIdentity file;
    std::string boot;  ///< boot id of the machine when it was written
    Synchronous synchronous = Synchronous::full;
    bool clean = false;  ///< the journal was closed and is on the disk
    /// The latest last; at most `former_max`.
    std::vector<FormerEpoch> former;

    static constexpr std::size_t former_max = 16;

    bool operator==(const JournalMark&) const = default;
};

std::string to_text(const JournalMark& mark);
/// nullopt unless `text` has the format of to_text().
std::optional<JournalMark> parse_mark(const std::string& text);

/// The id of the machine's present boot; empty if unknown, which equals no other.
std::string boot_id();

/// Thread: one at a time.
class JournalMarkFile {
  public:
    /// Creates the file if needed, readable by its owner only (mode 0600). `unavailable` if it
    /// cannot be opened.
    static Result<JournalMarkFile> open(const std::string& path);

    JournalMarkFile(JournalMarkFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    JournalMarkFile& operator=(JournalMarkFile&&) = delete;
    ~JournalMarkFile();

    /// nullopt if there is no readable mark.
    std::optional<JournalMark> read() const;

    /// Writes the whole mark; survives power loss.
    Result<void> write(const JournalMark& mark);
    // Overwrite one field; survive the end of the process, but not power loss.
    Result<void> write_seen(bus::Offset seen);  ///< called for every commit
    Result<void> write_time(Timestamp time);

  private:
    Result<void> write_at(std::int64_t at, std::string_view text);

    explicit JournalMarkFile(int fd) : fd_(fd) {}

    int fd_;
};

}  // namespace rotacast::store

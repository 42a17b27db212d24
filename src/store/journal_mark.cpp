#include "store/journal_mark.hpp"

#include "store/cannot_open.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <ranges>
#include <sstream>

namespace rotacast::store {
namespace {

constexpr std::string_view title = "rotacast-journal-mark 1";

// Every text has this length, so that overwriting it needs no disk space and leaves nothing of a
// longer text behind.
constexpr std::size_t text_bytes = 1024;

// Fields that change often have a fixed width and offset.
constexpr std::size_t number_digits = 20;
constexpr std::size_t seen_at = title.size() + std::string_view("\nseen ").size();
constexpr std::size_t time_field_at = seen_at + number_digits + std::string_view("\ntime ").size();

std::string digits_of(std::uint64_t number) {
    const auto digits = std::to_string(number);
    return std::string(number_digits - digits.size(), '0') + digits;
}

std::string digits_of(Timestamp time) {
    const auto since = time.time_since_epoch().count();
    return digits_of(since > 0 ? static_cast<std::uint64_t>(since) : 0);
}

Error failure(const char* message) {
    return {ErrorCode::unavailable, message, ""};
}

/// Reads a line that starts with `name`, and the values after it.
template <class... Values>
bool read_line(std::istream& in, std::string_view name, Values&... values) {
    std::string line;
    if (!std::getline(in, line)) return false;
    std::istringstream words(line);
    std::string found;
    words >> found;
    if (found != name) return false;
    (words >> ... >> values);
    return !words.fail();
}

/// One line for each, as many of the latest as there is room for.
std::string latest_epochs(const std::vector<FormerEpoch>& former, std::size_t bytes_max) {
    std::string lines;
    for (const auto& one : former | std::views::reverse) {
        const auto line = "former " + one.epoch + ' ' + std::to_string(one.shared) + '\n';
        if (lines.size() + line.size() > bytes_max) break;
        lines.insert(0, line);
    }
    return lines;
}

}  // namespace

FileIdentity FileIdentity::of(const std::string& path) {
    struct statx found {};
    if (::statx(AT_FDCWD, path.c_str(), 0, STATX_INO | STATX_BTIME, &found) != 0) return {};
    FileIdentity identity{found.stx_ino, 0};
    if ((found.stx_mask & STATX_BTIME) != 0)
        identity.created_ns = found.stx_btime.tv_sec * 1'000'000'000 + found.stx_btime.tv_nsec;
    return identity;
}

std::string to_text(const JournalMark& mark) {
    std::ostringstream out;
    out << title << '\n'
        << "seen " << digits_of(mark.seen) << '\n'
        << "time " << digits_of(mark.time) << '\n'
        << "epoch " << mark.epoch << '\n'
        << "file " << mark.file.inode << ' ' << mark.file.created_ns << '\n'
        << "boot " << (mark.boot.empty() ? "unknown" : mark.boot) << '\n'
        << "synchronous " << (mark.synchronous == Synchronous::full ? "full" : "normal") << '\n'
        << "closed " << (mark.clean ? "yes" : "no") << '\n';
    auto text = std::move(out).str();
    text += latest_epochs(mark.former, text_bytes - text.size());
    text.resize(text_bytes, '\n');
    return text;
}

std::optional<JournalMark> parse_mark(const std::string& text) {
    std::istringstream in(text);
    std::string line;
    if (!std::getline(in, line) || line != title) return std::nullopt;
    JournalMark mark;
    std::string synchronous;
    std::string closed;
    std::int64_t time = 0;
    const bool read = read_line(in, "seen", mark.seen) && read_line(in, "time", time) &&
                      read_line(in, "epoch", mark.epoch) &&
                      read_line(in, "file", mark.file.inode, mark.file.created_ns) &&
                      read_line(in, "boot", mark.boot) &&
                      read_line(in, "synchronous", synchronous) && read_line(in, "closed", closed);
    if (!read) return std::nullopt;
    mark.time = Timestamp(std::chrono::milliseconds(time));
    if (mark.boot == "unknown") mark.boot.clear();
    if (synchronous == "normal")
        mark.synchronous = Synchronous::normal;
    else if (synchronous != "full")
        return std::nullopt;
    mark.clean = closed == "yes";
    for (FormerEpoch former; read_line(in, "former", former.epoch, former.shared);)
        mark.former.push_back(former);
    return mark;
}

std::string boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    file >> id;
    return id;
}

Result<JournalMarkFile> JournalMarkFile::open(const std::string& path) {
    const int fd = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) return cannot_open("The journal's mark", path, errno);
    return JournalMarkFile(fd);
}

JournalMarkFile::~JournalMarkFile() {
    if (fd_ >= 0) ::close(fd_);
}

std::optional<JournalMark> JournalMarkFile::read() const {
    std::string text(text_bytes, '\0');
    if (::pread(fd_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        return std::nullopt;
    return parse_mark(text);
}

Result<void> JournalMarkFile::write(const JournalMark& mark) {
    if (auto done = write_at(0, to_text(mark)); !done) return done;
    if (::fdatasync(fd_) != 0) return failure("The journal's mark cannot be flushed to the disk.");
    return {};
}

Result<void> JournalMarkFile::write_seen(bus::Offset seen) {
    return write_at(static_cast<std::int64_t>(seen_at), digits_of(seen));
}

Result<void> JournalMarkFile::write_time(Timestamp time) {
    return write_at(static_cast<std::int64_t>(time_field_at), digits_of(time));
}

Result<void> JournalMarkFile::write_at(std::int64_t at, std::string_view text) {
    if (::pwrite(fd_, text.data(), text.size(), at) != static_cast<ssize_t>(text.size()))
        return failure("The journal's mark cannot be written.");
    return {};
}

}  // namespace rotacast::store

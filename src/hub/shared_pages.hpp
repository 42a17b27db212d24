#pragma once

// A copy of bytes in kernel pages, which many sockets can send without copying: sendfile(2) from a
// file in memory, memfd_create(2).

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace rotacast::hub {

/// Immutable. Holds a file descriptor, so it lives only while a batch is delivered; pages that a
/// socket has taken by then stay with it until they are acknowledged.
class SharedPages {
  public:
    /// nullopt: the system has no descriptor or memory left; the bytes are then sent without pages.
    static std::optional<SharedPages> of(std::string_view bytes);

    SharedPages(SharedPages&& other) noexcept
        : file_(std::exchange(other.file_, -1)), size_(other.size_) {}
    SharedPages& operator=(SharedPages&&) = delete;
    ~SharedPages();

    int file() const { return file_; }
    std::size_t size() const { return size_; }

  private:
    SharedPages(int file, std::size_t size) : file_(file), size_(size) {}

    int file_;
    std::size_t size_;
};

}  // namespace rotacast::hub

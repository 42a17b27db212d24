#pragma once

// Bytes once more as pages of the kernel's, which sockets can send without a copy for each:
// sendfile(2) out of a file in memory, memfd_create(2).

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace rotacast::hub {

/// Immutable. Holds a descriptor, so it is made for the length of a batch's delivery; what sockets
/// have taken of it by then stays theirs until it is acknowledged.
class SharedPages {
  public:
    /// nullopt: the system has no descriptor or no memory to give; then the bytes are sent.
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

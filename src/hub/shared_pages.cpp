#include "hub/shared_pages.hpp"

#include <sys/mman.h>
#include <unistd.h>

namespace rotacast::hub {

std::optional<SharedPages> SharedPages::of(std::string_view bytes) {
    SharedPages pages(::memfd_create("batch", MFD_CLOEXEC), bytes.size());
    if (pages.file_ < 0) return std::nullopt;
    const auto written = ::write(pages.file_, bytes.data(), bytes.size());
    if (written < 0 || static_cast<std::size_t>(written) != bytes.size()) return std::nullopt;
    return pages;
}

SharedPages::~SharedPages() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace rotacast::hub

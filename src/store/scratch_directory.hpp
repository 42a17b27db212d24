#pragma once

// For tests: a temporary folder, removed by the destructor.

#include "base/uuid.hpp"

#include <filesystem>
#include <string>

namespace rotacast::store {

class ScratchDirectory {
  public:
    ScratchDirectory()
        : path_(std::filesystem::temp_directory_path() /
                ("rotacast-" + to_string(Uuid::random()))) {
        std::filesystem::create_directory(path_);
    }
    ~ScratchDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;

    std::string file(const std::string& name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

}  // namespace rotacast::store

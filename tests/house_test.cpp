// Checks the rules of CONTRIBUTING.md on the source files.

#include "base/version.hpp"
#include "contract/contract.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace rotacast {
namespace {

namespace fs = std::filesystem;

const fs::path root = ROTACAST_SOURCE_DIR;

/// A room may include only rooms on lower floors. reflect is above base, webhooks and cluster above
/// store, execution above live; otherwise rooms on the same floor do not include each other.
// clang-format off
const std::map<std::string, double> floors{
    {"base", 0},
    {"reflect", 0.5},
    {"config", 1},
    {"events", 1},
    {"bus", 2},
    {"hub", 2},
    {"presence", 2},
    {"auth", 2},
    {"ws", 3},
    {"graphql", 3},
    {"projection", 3},
    {"store", 4},
    {"net", 3},
    {"http", 3.5},
    {"redis", 3.5},
    {"live", 4},
    {"api", 5},
    {"contract", 5},
    {"demo", 5},
    {"webhooks", 4.5},
    {"execution", 4.5},
    {"cluster", 4.5},
    {"simulate", 5},
    {"bridge", 5},
    {"handlers", 5},
    {"app", 6},
};
// clang-format on

constexpr std::size_t lines_max = 400;

std::string content_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Files below `folder` with one of these extensions, sorted; without installed packages and build
/// directories.
std::vector<fs::path> files_below(const fs::path& folder,
                                  const std::vector<std::string>& extensions) {
    std::vector<fs::path> files;
    for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::end(entry); ++entry) {
        const auto name = entry->path().filename().string();
        if (entry->is_directory() && (name == "node_modules" || name == "build"))
            entry.disable_recursion_pending();
        else if (std::ranges::find(extensions, entry->path().extension().string()) !=
                 extensions.end())
            files.push_back(entry->path());
    }
    std::ranges::sort(files);
    return files;
}

std::vector<fs::path> sources() {
    return files_below(root / "src", {".hpp", ".cpp", ".cc"});
}

std::string shown(const fs::path& file) {
    return file.lexically_relative(root).string();
}

std::string room_of(const std::string& path_below_src) {
    return path_below_src.substr(0, path_below_src.find('/'));
}

std::vector<std::string> house_includes(const std::string& text) {
    static const std::regex line("(?:^|\n)#include \"([^\"]+)\"");
    std::vector<std::string> paths;
    for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at)
        paths.push_back((*at)[1]);
    return paths;
}

std::string first_include(const std::string& text) {
    static const std::regex line("(?:^|\n)#include [\"<]([^\">]+)[\">]");
    std::smatch found;
    return std::regex_search(text, found, line) ? found[1].str() : "";
}

TEST(House, EveryRoomHasItsFloor) {
    for (const auto& entry : fs::directory_iterator(root / "src"))
        EXPECT_TRUE(!entry.is_directory() || floors.contains(entry.path().filename()))
            << entry.path().filename();
}

TEST(House, IncludesPointOnlyDownward) {
    std::size_t looked_at = 0;
    for (const auto& file : sources()) {
        const auto room = room_of(file.lexically_relative(root / "src").string());
        for (const auto& path : house_includes(content_of(file))) {
            const auto other = room_of(path);
            ASSERT_TRUE(floors.contains(other))
                << shown(file) << " includes \"" << path << "\", which is not written from src/";
            EXPECT_TRUE(other == room || floors.at(other) < floors.at(room))
                << shown(file) << " includes " << path << ", which is not beneath " << room;
            ++looked_at;
        }
    }
    EXPECT_GT(looked_at, 100u);
}

// Compiling x.cpp then proves that x.hpp compiles on its own.
TEST(House, OwnHeaderComesFirst) {
    for (const auto& file : sources()) {
        auto header = file;
        header.replace_extension(".hpp");
        if (file.extension() != ".cpp" || !fs::exists(header)) continue;
        EXPECT_EQ(first_include(content_of(file)), header.lexically_relative(root / "src").string())
            << shown(file);
    }
}

TEST(House, HeadersAreGuarded) {
    for (const auto& file : sources())
        EXPECT_TRUE(file.extension() != ".hpp" ||
                    content_of(file).find("#pragma once\n") != std::string::npos)
            << shown(file);
}

TEST(House, FilesAreShort) {
    const std::vector<std::string> read_by_people{
        ".hpp", ".cpp", ".cc", ".mjs", ".js", ".py", ".sh", ".html", ".css"};
    std::size_t looked_at = 0;
    for (const auto* folder : {"src", "tests", "bench", "examples", "fuzz", ".ci"})
        for (const auto& file : files_below(root / folder, read_by_people)) {
            const auto text = content_of(file);
            const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
            EXPECT_LE(lines, lines_max) << shown(file) << ": split it by what it does";
            ++looked_at;
        }
    EXPECT_GT(looked_at, sources().size());
}

TEST(House, NoFileHasUnfinishedWork) {
    // Split, so that this file does not match.
    const std::regex left(
        "\\b(TO"
        "DO|FIX"
        "ME)\\b");
    for (const auto* folder : {"src", "tests", "examples", "fuzz", "bench"})
        for (const auto& file : files_below(
                 root / folder, {".hpp", ".cpp", ".cc", ".py", ".mjs", ".js", ".sh", ".txt"}))
            EXPECT_FALSE(std::regex_search(content_of(file), left)) << shown(file);
}

TEST(House, ContractIsCurrent) {
    for (const auto& file : contract::contract_files())
        EXPECT_TRUE(content_of(root / "contract" / file.name) == file.content)
            << "contract/" << file.name << " is stale: run `make contract`";
}

TEST(House, ContractHoldsNothingElse) {
    const auto files = contract::contract_files();
    for (const auto& entry : fs::directory_iterator(root / "contract"))
        EXPECT_TRUE(std::ranges::count(
            files, entry.path().filename().string(), &contract::ContractFile::name))
            << entry.path().filename() << " is not generated";
}

TEST(House, OneVersion) {
    const std::regex project("project\\(rotacast VERSION ([0-9.]+) ");
    const auto text = content_of(root / "CMakeLists.txt");
    std::smatch found;
    ASSERT_TRUE(std::regex_search(text, found, project));
    EXPECT_EQ(found[1].str(), rotacast::version);
}

}  // namespace
}  // namespace rotacast

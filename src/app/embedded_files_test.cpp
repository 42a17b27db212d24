#include "app/embedded_files.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>
#include <vector>

namespace rotacast::app {
namespace {

std::vector<EmbeddedFile> all_files() {
    std::vector<EmbeddedFile> files;
    for (const auto part :
         {demo_page_files(), graphiql_files(), contract_files(), docs_page_files()})
        files.insert(files.end(), part.begin(), part.end());
    return files;
}

/// The pages in this build: without npm packages there is only the demo page.
std::vector<std::string> pages() {
    std::vector<std::string> found;
    for (const auto& file : all_files())
        if (file.content_type.starts_with("text/html")) found.push_back(content_of(file));
    return found;
}

TEST(Page, HasItsFilesWithTypeAndTag) {
    std::set<std::string_view> tags;
    for (const auto& file : all_files()) {
        EXPECT_FALSE(file.body.empty()) << file.path;
        EXPECT_TRUE(file.content_type.ends_with("; charset=utf-8")) << file.path;
        EXPECT_TRUE(file.etag.starts_with('"') && file.etag.ends_with('"')) << file.path;
        EXPECT_TRUE(tags.insert(file.etag).second) << file.path;
    }
    ASSERT_NE(find_embedded_file("/"), nullptr);
    EXPECT_TRUE(find_embedded_file("/")->content_type.starts_with("text/html"));
    EXPECT_EQ(find_embedded_file("/nothing"), nullptr);
}

// The browser would silently ignore what the page's security policy forbids.
TEST(Page, HasNothingInlineAndNothingExternal) {
    const std::regex script(R"(<script (type="module"|defer) src="/[^"]+"></script>)");
    for (const auto& html : pages()) {
        for (const auto* forbidden :
             {"<style", " style=", " onclick=", " onsubmit=", "javascript:", "//"})
            EXPECT_EQ(html.find(forbidden), std::string::npos) << forbidden;
        for (auto at = html.find("<script"); at != std::string::npos;
             at = html.find("<script", at + 1))
            EXPECT_TRUE(std::regex_search(html.begin() + static_cast<std::ptrdiff_t>(at),
                                          html.end(),
                                          script,
                                          std::regex_constants::match_continuous));
    }
}

TEST(Page, RefersOnlyToEmbeddedFiles) {
    for (const auto& html : pages())
        for (const std::string attribute : {"src=\"", "href=\""})
            for (auto at = html.find(attribute); at != std::string::npos;
                 at = html.find(attribute, at + 1)) {
                const auto begin = at + attribute.size();
                const auto path = html.substr(begin, html.find('"', begin) - begin);
                EXPECT_NE(find_embedded_file(path), nullptr) << path;
            }
}

// External text may only be inserted as text. Third-party files are compressed and skipped.
TEST(Page, NeverMakesMarkupOutOfText) {
    for (const auto& file : all_files()) {
        if (file.unpacked_bytes != 0) continue;
        for (const auto* forbidden : {"innerHTML", "outerHTML", "insertAdjacentHTML", "eval("})
            EXPECT_EQ(file.body.find(forbidden), std::string_view::npos) << file.path << forbidden;
    }
}

TEST(Page, CompressedFilesRoundTrip) {
    for (const auto& file : all_files()) {
        if (file.unpacked_bytes == 0) continue;
        const auto content = content_of(file);
        EXPECT_LT(file.body.size(), content.size()) << file.path;
        EXPECT_EQ(content.find('\0'), std::string::npos) << file.path;
    }
}

}  // namespace
}  // namespace rotacast::app

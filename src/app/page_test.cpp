#include "app/page.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace rotacast::app {
namespace {

TEST(Page, CarriesItsFilesWithTypeAndTag) {
    std::set<std::string_view> tags;
    for (const auto& file : page_files()) {
        EXPECT_FALSE(file.body.empty()) << file.path;
        EXPECT_TRUE(file.content_type.ends_with("; charset=utf-8")) << file.path;
        EXPECT_TRUE(file.etag.starts_with('"') && file.etag.ends_with('"')) << file.path;
        EXPECT_TRUE(tags.insert(file.etag).second) << file.path;
    }
    ASSERT_NE(find_page_file("/"), nullptr);
    EXPECT_TRUE(find_page_file("/")->content_type.starts_with("text/html"));
    EXPECT_EQ(find_page_file("/nothing"), nullptr);
}

// What the page's security policy forbids would fail in silence.
TEST(Page, HasNothingInlineAndNothingFromElsewhere) {
    const std::string html(find_page_file("/")->body);
    for (const auto* forbidden :
         {"<style", " style=", " onclick=", " onsubmit=", "javascript:", "//"})
        EXPECT_EQ(html.find(forbidden), std::string::npos) << forbidden;
    for (auto at = html.find("<script"); at != std::string::npos; at = html.find("<script", at + 1))
        EXPECT_EQ(html.compare(at, 27, "<script type=\"module\" src=\""), 0);
}

TEST(Page, RefersOnlyToFilesThatItCarries) {
    const std::string html(find_page_file("/")->body);
    for (const std::string attribute : {"src=\"", "href=\""})
        for (auto at = html.find(attribute); at != std::string::npos;
             at = html.find(attribute, at + 1)) {
            const auto begin = at + attribute.size();
            const auto path = html.substr(begin, html.find('"', begin) - begin);
            EXPECT_NE(find_page_file(path), nullptr) << path;
        }
}

// Text from outside may become text only.
TEST(Page, NeverMakesMarkupOutOfText) {
    for (const auto& file : page_files())
        for (const auto* forbidden : {"innerHTML", "outerHTML", "insertAdjacentHTML", "eval("})
            EXPECT_EQ(file.body.find(forbidden), std::string_view::npos) << file.path << forbidden;
}

}  // namespace
}  // namespace rotacast::app

#include "hub/shared_texts.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace rotacast::hub {
namespace {

TEST(SharedTexts, MakesATextOnceForAllThreads) {
    SharedTexts texts(2);
    std::atomic<int> made{0};
    const auto wish = std::make_shared<const std::string>();
    std::vector<std::thread> threads;
    std::vector<std::string> got(8);
    for (auto& mine : got)
        threads.emplace_back([&] {
            for (std::uint32_t i = 0; i < 2; ++i)
                texts.append(mine, texts.texts_of(wish)[i], [&](std::string& out) {
                    ++made;
                    out += std::to_string(i) + ';';
                });
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(made, 2);
    for (const auto& mine : got) EXPECT_EQ(mine, "0;1;");
}

TEST(SharedTexts, KeepsDifferentWishesApart) {
    SharedTexts texts(1);
    const auto a = std::make_shared<const std::string>();
    const auto b = std::make_shared<const std::string>();
    std::string out;
    texts.append(out, *texts.texts_of(a), [](std::string& to) { to += "a"; });
    texts.append(out, *texts.texts_of(b), [](std::string& to) { to += "b"; });
    texts.append(out, *texts.texts_of(a), [](std::string& to) { to += "again"; });
    EXPECT_EQ(out, "aba");
}

TEST(SharedTexts, KeepsNoMoreThanItMay) {
    SharedTexts texts(2);
    const auto big = std::make_shared<const std::string>();
    const auto small = std::make_shared<const std::string>();
    std::string out;
    texts.append(
        out, texts.texts_of(big)[0], [](std::string& to) { to.resize(SharedTexts::bytes_max); });
    out.clear();
    for (int i = 0; i < 2; ++i)
        texts.append(
            out, texts.texts_of(small)[1], [i](std::string& to) { to += std::to_string(i); });
    EXPECT_EQ(out, "01") << "made for each who asks";
}

}  // namespace
}  // namespace rotacast::hub

#include "hub/shared_result_cache.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>
#include <vector>

namespace rotacast::hub {
namespace {

TEST(SharedResultCache, MakesATextOnceForAllThreads) {
    SharedResultBudget budget;
    SharedResultCache texts(2, budget);
    std::atomic<int> made{0};
    const auto key = std::make_shared<const std::string>();
    std::vector<std::thread> threads;
    std::vector<std::string> got(8);
    for (auto& mine : got)
        threads.emplace_back([&] {
            for (std::uint32_t i = 0; i < 2; ++i)
                texts.append(mine, texts.texts_of(key)[i], [&](std::string& out) {
                    ++made;
                    out += std::to_string(i) + ';';
                });
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(made, 2);
    for (const auto& mine : got) EXPECT_EQ(mine, "0;1;");
}

TEST(SharedResultCache, KeepsDifferentSelectionsApart) {
    SharedResultBudget budget;
    SharedResultCache texts(1, budget);
    const auto a = std::make_shared<const std::string>();
    const auto b = std::make_shared<const std::string>();
    std::string out;
    texts.append(out, *texts.texts_of(a), [](std::string& to) { to += "a"; });
    texts.append(out, *texts.texts_of(b), [](std::string& to) { to += "b"; });
    texts.append(out, *texts.texts_of(a), [](std::string& to) { to += "again"; });
    EXPECT_EQ(out, "aba");
}

TEST(SharedResultCache, KeepsTheBudgetOverAllBatches) {
    constexpr std::size_t spare = sizeof(SharedResultCache::Text) - 1;
    SharedResultBudget budget(2 * sizeof(SharedResultCache::Text) + spare);
    SharedResultCache texts(1, budget);
    SharedResultCache of_another_batch(1, budget);
    const auto key = std::make_shared<const std::string>();
    auto* mine = texts.texts_of(key);
    auto* others = of_another_batch.texts_of(key);
    EXPECT_EQ(texts.texts_of(std::make_shared<const std::string>()), nullptr) << "no room";
    int made = 0;
    const auto ask = [&](SharedResultCache& of, SharedResultCache::Text& text, std::size_t bytes) {
        std::string out("before:");
        of.append(out, text, [&](std::string& to) { ++made, to.append(bytes, 'x'); });
        EXPECT_EQ(out, "before:" + std::string(bytes, 'x'));
    };
    for (int i = 0; i < 2; ++i) ask(texts, *mine, spare + 1);
    EXPECT_EQ(made, 2) << "too large, so made for each who asks, and not kept";
    EXPECT_EQ(budget.taken(), 2 * sizeof(SharedResultCache::Text));
    for (int i = 0; i < 2; ++i) ask(of_another_batch, *others, spare);
    EXPECT_EQ(made, 3);
}

TEST(SharedResultCache, ReturnsItsBytesToTheBudget) {
    SharedResultBudget budget;
    {
        SharedResultCache texts(3, budget);
        std::string out;
        texts.append(out,
                     *texts.texts_of(std::make_shared<const std::string>()),
                     [](std::string& to) { to += "text"; });
        EXPECT_EQ(budget.taken(), 3 * sizeof(SharedResultCache::Text) + 4);
    }
    EXPECT_EQ(budget.taken(), 0u);
}

TEST(SharedResultCache, MakesATextAgainAfterTheFirstAttemptFailed) {
    SharedResultBudget budget;
    SharedResultCache texts(1, budget);
    auto* text = texts.texts_of(std::make_shared<const std::string>());
    std::string out;
    EXPECT_THROW(texts.append(out,
                              *text,
                              [](std::string& to) {
                                  to += "half";
                                  throw std::runtime_error("no memory");
                              }),
                 std::runtime_error);
    out.clear();
    texts.append(out, *text, [](std::string& to) { to += "whole"; });
    EXPECT_EQ(out, "whole");
}

}  // namespace
}  // namespace rotacast::hub

#include "http/told_addresses.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace rotacast::http {
namespace {

boost::asio::ip::address numbered(std::size_t last) {
    return boost::asio::ip::make_address("10.0.0." + std::to_string(last));
}

TEST(ToldAddresses, AreToldOnceEach) {
    ToldAddresses told;
    EXPECT_TRUE(told.is_first(numbered(1)));
    EXPECT_TRUE(told.is_first(numbered(2)));
    EXPECT_FALSE(told.is_first(numbered(1)));
    EXPECT_FALSE(told.is_first(numbered(2)));
}

TEST(ToldAddresses, AreBounded) {
    ToldAddresses told;
    std::size_t lines = 0;
    for (std::size_t last = 0; last < 200; ++last) lines += told.is_first(numbered(last)) ? 1 : 0;
    EXPECT_EQ(lines, ToldAddresses::addresses_max);
}

TEST(ToldAddresses, AreToldOnceByAllThreads) {
    ToldAddresses told;
    std::atomic<std::size_t> lines = 0;
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&] {
            for (std::size_t last = 0; last < 10; ++last)
                if (told.is_first(numbered(last))) ++lines;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(lines, 10u);
}

}  // namespace
}  // namespace rotacast::http

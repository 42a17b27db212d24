#include "hub/shared_pages.hpp"

#include <gtest/gtest.h>

#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace rotacast::hub {
namespace {

TEST(SharedPages, HoldTheBytesForAnyNumberOfReaders) {
    const std::string bytes(100'000, 'x');
    const auto pages = SharedPages::of(bytes + "end");
    ASSERT_TRUE(pages);
    EXPECT_EQ(pages->size(), bytes.size() + 3);
    for (int reader = 0; reader < 2; ++reader) {
        std::string got(pages->size(), '\0');
        EXPECT_EQ(::pread(pages->file(), got.data(), got.size(), 0),
                  static_cast<ssize_t>(got.size()));
        EXPECT_EQ(got, bytes + "end");
    }
}

TEST(SharedPages, CloseTheirDescriptor) {
    int file = -1;
    {
        auto pages = SharedPages::of("bytes");
        ASSERT_TRUE(pages);
        const SharedPages moved = std::move(*pages);
        file = moved.file();
        EXPECT_NE(::lseek(file, 0, SEEK_CUR), -1);
    }
    EXPECT_EQ(::lseek(file, 0, SEEK_CUR), -1);
}

TEST(SharedPages, AreNulloptWithoutADescriptor) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{0, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto pages = SharedPages::of("bytes");
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_FALSE(pages);
}

}  // namespace
}  // namespace rotacast::hub

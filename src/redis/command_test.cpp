#include "redis/command.hpp"

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <cstdint>

#include <vector>

namespace rotacast::redis {
namespace {

std::string bytes_of(const Command& command) {
    std::string out;
    command.append_to(out);
    EXPECT_EQ(out.size(), command.bytes());
    return out;
}

std::string as_hiredis_writes(const std::vector<std::string>& words) {
    std::vector<const char*> pointers;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) {
        pointers.push_back(word.data());
        sizes.push_back(word.size());
    }
    char* formatted = nullptr;
    const int size = redisFormatCommandArgv(
        &formatted, static_cast<int>(words.size()), pointers.data(), sizes.data());
    std::string out(formatted, static_cast<std::size_t>(size));
    redisFreeCommand(formatted);
    return out;
}

TEST(Command, IsAnArrayOfTexts) {
    EXPECT_EQ(bytes_of(Command("GET", "key")), "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n");
    EXPECT_EQ(bytes_of(Command("PING")), "*1\r\n$4\r\nPING\r\n");
}

TEST(Command, IsWhatHiredisWrites) {
    const std::vector<std::string> words{
        "EVAL", "", std::string("\0\r\n$3\r\n", 7), std::string(100'000, 'x'), "%s"};
    Command command(words[0]);
    for (std::size_t i = 1; i < words.size(); ++i) command.add(words[i]);
    EXPECT_EQ(bytes_of(command), as_hiredis_writes(words));
    Command many("MGET");
    std::vector<std::string> same{"MGET"};
    for (int i = 0; i < 1000; ++i) {
        many.add(i);
        same.push_back(std::to_string(i));
    }
    EXPECT_EQ(bytes_of(many), as_hiredis_writes(same));
}

TEST(Command, TakesNumbers) {
    EXPECT_EQ(bytes_of(Command("X", INT64_MIN, std::size_t{7})),
              bytes_of(Command("X", "-9223372036854775808", "7")));
}

TEST(Command, ShowsItsNameOnly) {
    const Command command("AUTH", "user", "geheim");
    EXPECT_EQ(command.name(), "AUTH");
}

TEST(Command, AppendsToWhatIsThere) {
    std::string out = "x";
    Command("A").append_to(out);
    Command("B").append_to(out);
    EXPECT_EQ(out, "x*1\r\n$1\r\nA\r\n*1\r\n$1\r\nB\r\n");
}

}  // namespace
}  // namespace rotacast::redis

#include "app/commands/command_line.hpp"

#include "base/uuid.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace rotacast::app {
namespace {

TEST(Help, OfServeMatchesTheGoldenFile) {
    const std::filesystem::path file = ROTACAST_SERVE_HELP;
    std::ifstream in(file, std::ios::binary);
    const std::string golden{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(help_of("serve"), golden)
        << "when the change is meant: rotacast serve --help > " << file.filename().string();
}

TEST(Help, NamesEveryConfigurationValue) {
    const auto help = help_of("serve");
    for (const auto& setting : config::settings())
        EXPECT_NE(help.find(setting.flag + " "), std::string::npos) << setting.flag;
}

TEST(Help, DescribesEveryCommand) {
    EXPECT_EQ(commands().size(), 14u);
    for (const auto& command : commands()) {
        EXPECT_FALSE(command.text.empty()) << command.name;
        EXPECT_NE(help_of(command.name).find(command.text), std::string::npos) << command.name;
    }
}

/// Runs a command line and returns its exit status.
int status_of(std::vector<const char*> words) {
    words.insert(words.begin(), "rotacast");
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const auto status = run_command_line(static_cast<int>(words.size()), words.data());
    testing::internal::GetCapturedStdout();
    return status;
}

TEST(CommandLine, AnswersWrongUsageWithTheNearestKnownWord) {
    EXPECT_EQ(status_of({"sevre"}), 2);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("did you mean serve?"),
              std::string::npos);
    EXPECT_EQ(status_of({"serve", "--polcy", "open"}), 2);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("did you mean --policy?"),
              std::string::npos);
    EXPECT_EQ(status_of({"user", "add", "ada", "--role", "wizard", "--password-file", "p"}), 2);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("coordinator"), std::string::npos);
}

TEST(CommandLine, ReportsFailuresWithStatusOne) {
    EXPECT_EQ(status_of({"tail", "--until-end", "--database", "no/such.db"}), 1);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("no/such.db"), std::string::npos);
}

TEST(CommandLine, WarnsOfAValidConfigurationWithStatusZero) {
    EXPECT_EQ(status_of({"check-config",
                         "--websocket-ping-interval-s",
                         "50",
                         "--websocket-idle-timeout-s",
                         "100"}),
              0);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("warning: websocket.ping_interval_s"),
              std::string::npos);
}

// The defaults have no secret, and may be listed all the same.
TEST(CommandLine, RejectsAConfigurationWithWhichTheServerWouldNotStart) {
    EXPECT_EQ(status_of({"check-config"}), 0);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(status_of({"check-config", "--jwt-secret-file", "no/such.secret"}), 2);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("no/such.secret"), std::string::npos);
    const auto file = std::filesystem::temp_directory_path() / to_string(Uuid::random());
    std::ofstream(file) << "loops = 1\n";
    const auto status = status_of({"check-config", "--config", file.c_str()});
    std::filesystem::remove(file);
    EXPECT_EQ(status, 2);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("there is no secret"), std::string::npos);
}

TEST(CommandLine, RejectsABadConfigurationWithStatusTwo) {
    EXPECT_EQ(status_of({"check-config", "--loops", "1000"}), 2);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("must be 0 to 256"), std::string::npos);
    EXPECT_EQ(status_of({"check-config", "--loops", "2"}), 0);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace rotacast::app

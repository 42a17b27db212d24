#include "redis/target.hpp"

#include "net/certificate_for_tests.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <cstdlib>

namespace rotacast::redis {
namespace {

/// Has a folder with the file `password`, which holds `geheim`.
class RedisTarget : public ::testing::Test {
  protected:
    RedisTarget() {
        auto pattern = (std::filesystem::temp_directory_path() / "rotacast-XXXXXX").string();
        if (::mkdtemp(pattern.data())) folder = pattern;
        password = (folder / "password").string();
        std::ofstream(password) << "geheim\n";
    }
    ~RedisTarget() override { std::filesystem::remove_all(folder); }

    std::string complaint(const config::Redis& given) const {
        const auto target = target_of(given);
        if (target) return "";
        EXPECT_EQ(target.error().message.find("geheim"), std::string::npos);
        return target.error().message;
    }
    bool complains(const config::Redis& given, std::string_view part) const {
        return complaint(given).find(part) != std::string::npos;
    }

    std::filesystem::path folder;
    std::string password;
    config::Redis settings;
};

TEST_F(RedisTarget, ComesFromTheSettings) {
    settings.url = "redis://rota@redis.example:7000/3";
    settings.password_file = password;
    settings.answer_timeout_s = 7;
    const auto target = target_of(settings).value();
    EXPECT_EQ(target.shown, "redis://redis.example:7000/3");
    EXPECT_EQ(target.target.addresses, (std::vector<Address>{{"redis.example", 7000}}));
    const auto& options = target.target.connection;
    EXPECT_EQ(options.credentials, (Credentials{"rota", "geheim"}));
    EXPECT_EQ(options.database, 3u);
    EXPECT_EQ(options.answer_timeout, std::chrono::seconds(7));
    EXPECT_FALSE(options.tls);
}

TEST_F(RedisTarget, SentinelsHaveAPasswordOfTheirOwn) {
    settings.url = "redis+sentinel://:a@s1,s2/rota";
    settings.sentinel_password_file = password;
    const auto target = target_of(settings).value().target;
    EXPECT_EQ(target.primary_name, "rota");
    EXPECT_EQ(target.sentinel_credentials, (Credentials{"", "geheim"}));
    EXPECT_EQ(target.connection.credentials, (Credentials{"", "a"}));
    settings.url = "redis://h";
    EXPECT_TRUE(complains(settings, "names no sentinels"));
}

TEST_F(RedisTarget, TrustsWhatItIsTold) {
    const net::testing::Certificate certificate("IP:127.0.0.1");
    settings.url = "rediss://h";
    EXPECT_TRUE(target_of(settings).value().target.connection.tls);
    settings.ca_file = certificate.file();
    EXPECT_TRUE(target_of(settings).value().target.connection.tls);
    settings.ca_file = password;
    EXPECT_TRUE(complains(settings, "no PEM certificate"));
    settings.url = "redis://h";
    EXPECT_TRUE(complains(settings, "rediss://"));
}

TEST_F(RedisTarget, RefusesContradictions) {
    EXPECT_TRUE(complains(settings, "must be redis://"));
    settings.url = "redis://:a@h";
    settings.password_file = password;
    EXPECT_TRUE(complains(settings, "both give a password"));
    settings.url = "redis://h";
    settings.password_file = password + "2";
    EXPECT_TRUE(complains(settings, "redis.password_file cannot be used"));
}

}  // namespace
}  // namespace rotacast::redis

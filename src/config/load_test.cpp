#include "config/load.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace rotacast::config {
namespace {

/// Has a temporary directory, which is deleted after the test.
class ConfigTest : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (std::filesystem::temp_directory_path() / "rotacast-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string file(const std::string& name, const std::string& content) const {
        const auto path = folder_ / name;
        std::ofstream(path) << content;
        return path.string();
    }

    /// The error for a TOML file with this content.
    std::string refusal_of(const std::string& toml) const {
        const auto loaded = load_config({file("rotacast.toml", toml), {}, {}});
        return loaded ? "" : loaded.error().message;
    }

  private:
    std::filesystem::path folder_;
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST_F(ConfigTest, UsesDefaultsWithoutAnySource) {
    const auto loaded = load_config({});
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->config.listen, "127.0.0.1:8080");
    EXPECT_EQ(loaded->config.tokens.access_ttl_s, 900);
    EXPECT_TRUE(loaded->sources.empty());
}

TEST_F(ConfigTest, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
    const auto toml = file("rotacast.toml",
                           "loops = 1\npolicy = 'open'\n[tokens]\naccess_ttl_s = 100\n"
                           "refresh_ttl_s = 1000\n");
    const auto loaded =
        load_config({toml,
                     {{"tokens.access_ttl_s", "300"}},
                     {{"ROTACAST_TOKENS_ACCESS_TTL_S", "200"}, {"ROTACAST_LOOPS", "2"}}});
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->config.tokens.access_ttl_s, 300);
    EXPECT_EQ(loaded->sources.at("tokens.access_ttl_s"), "flag --tokens-access-ttl-s");
    EXPECT_EQ(loaded->config.loops, 2u);
    EXPECT_EQ(loaded->sources.at("loops"), "environment ROTACAST_LOOPS");
    EXPECT_EQ(loaded->config.policy, "open");
    EXPECT_EQ(loaded->sources.at("policy"), toml + " line 2");
    EXPECT_EQ(loaded->config.tokens.refresh_ttl_s, 1000);
    EXPECT_FALSE(loaded->sources.contains("reject"));
}

TEST_F(ConfigTest, RefusesAFolderAsItsFile) {
    const auto folder = std::filesystem::path(file("x", "")).parent_path().string();
    const auto loaded = load_config({folder, {}, {}});
    ASSERT_TRUE(loaded.has_error());
    EXPECT_EQ(loaded.error().message,
              "the configuration file " + folder + " is a directory; name a file in it");
}

TEST_F(ConfigTest, ReadsListsFromEverySource) {
    const std::vector<std::string> two{"https://a.example", "https://b.example"};
    const auto toml =
        file("rotacast.toml", "allowed_origins = ['https://a.example', 'https://b.example']\n");
    const auto from_file = load_config({toml, {}, {}});
    const auto from_flag =
        load_config({{}, {{"allowed_origins", "https://a.example, https://b.example"}}, {}});
    ASSERT_TRUE(from_file && from_flag);
    EXPECT_EQ(from_file->config.allowed_origins, two);
    EXPECT_EQ(from_flag->config.allowed_origins, two);
}

TEST_F(ConfigTest, RejectsAnOriginThatNoBrowserSendsAndSaysHowToWriteIt) {
    for (const auto* wrong :
         {"https://b.example/", "b.example", "https://B.example", "*", "null"}) {
        const auto message =
            refusal_of("allowed_origins = ['https://a.example', '" + std::string(wrong) + "']\n");
        EXPECT_TRUE(contains(message, "allowed_origins: origin 2 ")) << message;
        EXPECT_TRUE(contains(message, "such as https://app.example")) << message;
    }
    EXPECT_FALSE(load_config({{}, {{"allowed_origins", "https://u:geheim@a.example"}}, {}}));
    EXPECT_FALSE(
        contains(refusal_of("allowed_origins = ['https://u:geheim@a.example']\n"), "geheim"));
    EXPECT_TRUE(load_config({{}, {{"allowed_origins", "https://a.example:443"}}, {}}));
    EXPECT_TRUE(load_config({{}, {{"allowed_origins", ""}}, {}}));
}

TEST_F(ConfigTest, AcceptsOnlyHs256ByDefault) {
    EXPECT_EQ(load_config({})->config.tokens.algorithms, std::vector<std::string>{"HS256"});
    const auto toml = file("rotacast.toml",
                           "[tokens]\nalgorithms = ['RS256', 'ES256']\n"
                           "jwks_url = 'https://id.example/jwks'\njwks_refresh_s = 60\n"
                           "issuer = 'https://id.example'\naudience = 'rota'\n");
    const auto loaded = load_config({toml, {{"tokens.audience", "rotacast"}}, {}});
    ASSERT_TRUE(loaded) << loaded.error().message;
    const auto& tokens = loaded->config.tokens;
    EXPECT_EQ(tokens.algorithms, (std::vector<std::string>{"RS256", "ES256"}));
    EXPECT_EQ(tokens.jwks_url, "https://id.example/jwks");
    EXPECT_EQ(tokens.jwks_refresh_s, 60);
    EXPECT_EQ(tokens.issuer, "https://id.example");
    EXPECT_EQ(tokens.audience, "rotacast");
    EXPECT_TRUE(
        contains(refusal_of("[tokens]\njwks_refresh_s = 1\n"), "must be 10 to 86400 seconds"));
}

TEST_F(ConfigTest, NamesTheNearestKeyForAnUnknownOne) {
    EXPECT_TRUE(contains(refusal_of("polcy = 'open'\n"), "did you mean policy?"));
    EXPECT_TRUE(
        contains(refusal_of("[tokens]\nacess_ttl_s = 5\n"), "did you mean tokens.access_ttl_s?"));
    EXPECT_TRUE(contains(refusal_of("[token]\naccess_ttl_s = 5\n"), "did you mean tokens?"));
    EXPECT_TRUE(contains(refusal_of("\n\ncolour = 'red'\n"), "line 3"));
}

TEST_F(ConfigTest, NamesTheNearestVariableForAnUnknownOne) {
    const auto loaded = load_config({{}, {}, {{"ROTACAST_LISTN", "x"}}});
    ASSERT_FALSE(loaded);
    EXPECT_TRUE(contains(loaded.error().message, "did you mean ROTACAST_LISTEN?"));
    EXPECT_EQ(loaded.error().path, "ROTACAST_LISTN");
}

TEST_F(ConfigTest, IgnoresTheVariablesOfTheContainerPlatform) {
    EXPECT_TRUE(
        load_config({{}, {}, {{"ROTACAST_SERVICE_HOST", "x"}, {"ROTACAST_PORT", "tcp://x"}}}));
}

TEST_F(ConfigTest, RejectsAValueAndNamesTheRangeOrTheChoices) {
    EXPECT_TRUE(
        contains(refusal_of("[tokens]\naccess_ttl_s = 0\n"), "must be 10 to 86400 seconds"));
    EXPECT_TRUE(
        contains(refusal_of("[tokens]\naccess_ttl_s = '1h'\n"), "must be 10 to 86400 seconds"));
    EXPECT_TRUE(contains(refusal_of("policy = 'lenient'\n"), "must be strict or open"));
    EXPECT_TRUE(contains(refusal_of("loops = -1\n"), "must be 0 to 256"));
    EXPECT_TRUE(contains(refusal_of("listen = 8080\n"), "must be a text"));
    EXPECT_TRUE(contains(refusal_of("loops = 1.5\n"), "loops"));
    EXPECT_TRUE(contains(refusal_of("listen = 'somewhere'\n"), "HOST:PORT"));
}

// `rotacast check-config` prints the second form.
TEST_F(ConfigTest, ReadsTablesInTables) {
    for (const auto* toml : {"[websocket.deflate]\nthreshold_bytes = 7\n",
                             "[websocket]\ndeflate.threshold_bytes = 7\n"}) {
        const auto loaded = load_config({file("rotacast.toml", toml), {}, {}});
        ASSERT_TRUE(loaded) << loaded.error().message;
        EXPECT_EQ(loaded->config.websocket.deflate.threshold_bytes, 7u);
    }
    EXPECT_TRUE(contains(refusal_of("[websocket.deflat]\nenabled = 'on'\n"),
                         "did you mean websocket.deflate?"));
}

TEST_F(ConfigTest, SaysWhereAKeyBelongsThatStandsBelowASection) {
    const auto message =
        refusal_of("[tls]\ncertificate_file = 'c'\nkey_file = 'k'\n\nlisten = 'x:1'\n");
    EXPECT_TRUE(contains(message, "unknown key tls.listen ")) << message;
    EXPECT_TRUE(contains(message, "; listen belongs above the first [section]")) << message;
    EXPECT_TRUE(contains(refusal_of("[websocket.deflate]\npolicy = 'open'\n"),
                         "; policy belongs above the first [section]"));
}

TEST_F(ConfigTest, TakesTrueAndFalseForSwitches) {
    const auto toml = file("rotacast.toml",
                           "docs = true\n[login]\nrefresh_cookie = false\n"
                           "[websocket.deflate]\nenabled = true\n");
    const auto loaded = load_config(
        {toml, {{"handlers.enabled", "false"}}, {{"ROTACAST_GRAPHQL_GRAPHIQL", "true"}}});
    ASSERT_TRUE(loaded) << loaded.error().message;
    const auto& config = loaded->config;
    EXPECT_EQ(config.docs, "on");
    EXPECT_EQ(config.login.refresh_cookie, "off");
    EXPECT_EQ(config.handlers.enabled, "off");
    EXPECT_EQ(config.graphql.graphiql, "on");
    for (const auto* wrong : {"docs = 'yes'\n", "docs = 1\n", "docs = 'True'\n", "docs = [true]\n"})
        EXPECT_TRUE(contains(refusal_of(wrong), "must be on or off, or true or false")) << wrong;
    EXPECT_TRUE(contains(refusal_of("policy = true\n"), "must be strict or open"));
    EXPECT_TRUE(contains(refusal_of("listen = true\n"), "must be a text"));
    EXPECT_TRUE(contains(refusal_of("loops = true\n"), "must be 0 to 256"));
    EXPECT_TRUE(contains(refusal_of("allowed_origins = false\n"), "must be a list"));
    EXPECT_TRUE(contains(refusal_of("[graphql]\nintrospection = false\n"),
                         "must be everybody, operators or off"));
}

TEST_F(ConfigTest, RejectsSettingsThatContradictEachOther) {
    EXPECT_TRUE(contains(refusal_of("[tls]\nkey_file = 'k'\n"), "both"));
    EXPECT_TRUE(contains(refusal_of("[websocket]\nidle_timeout_s = 20\n"), "ping_interval_s"));
    EXPECT_TRUE(contains(refusal_of("[tokens]\nrefresh_ttl_s = 60\n"), "access_ttl_s"));
}

TEST_F(ConfigTest, RejectsAFileThatIsMissingOrIsNotToml) {
    EXPECT_TRUE(contains(refusal_of("listen = \n"), "line 1"));
    const auto missing = load_config({"no/such.toml", {}, {}});
    ASSERT_FALSE(missing);
    EXPECT_TRUE(contains(missing.error().message, "no/such.toml"));
}

TEST_F(ConfigTest, EverySettingAcceptsItsDefaultAsText) {
    for (const auto& setting : settings()) {
        Config config;
        EXPECT_EQ(assign(setting, config, value_text(setting, config)), "") << setting.key;
        EXPECT_EQ(value_text(setting, config), value_text(setting, Config{})) << setting.key;
        EXPECT_FALSE(setting.text.empty()) << setting.key;
    }
    EXPECT_EQ(find_setting("tokens.access_ttl_s")->variable, "ROTACAST_TOKENS_ACCESS_TTL_S");
}

TEST_F(ConfigTest, ReadsTheSecretWithoutItsLineEnd) {
    Config config;
    config.jwt_secret_file = file("secret", std::string(32, 's') + "\n");
    const auto secret = load_jwt_secret(config, {});
    ASSERT_TRUE(secret);
    EXPECT_EQ(*secret, std::string(32, 's'));
    EXPECT_TRUE(load_jwt_secret({}, {{"ROTACAST_JWT_SECRET", std::string(32, 'v')}}));
}

TEST_F(ConfigTest, RejectsAMissingOrShortSecretWithoutRepeatingIt) {
    EXPECT_TRUE(contains(load_jwt_secret({}, {}).error().message, "openssl rand"));
    Config config;
    config.jwt_secret_file = file("secret", "hush-hush\n");
    const auto message = load_jwt_secret(config, {}).error().message;
    EXPECT_TRUE(contains(message, "32 bytes"));
    EXPECT_FALSE(contains(message, "hush"));
    config.jwt_secret_file = file("empty", "");
    EXPECT_FALSE(load_jwt_secret(config, {}));
}

TEST(Listen, AcceptsHostAndPort) {
    EXPECT_EQ(parse_listen("127.0.0.1:0")->port, 0);
    EXPECT_EQ(parse_listen("[::1]:8080")->host, "::1");
    EXPECT_EQ(parse_listen("localhost:80")->host, "localhost");
    for (const auto* wrong : {"", ":80", "host", "host:", "host:65536", "host:8x", "::1:80"})
        EXPECT_FALSE(parse_listen(wrong)) << wrong;
}

}  // namespace
}  // namespace rotacast::config

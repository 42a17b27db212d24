#include "http/key_set_source.hpp"

#include "auth/signing_key_for_tests.hpp"
#include "http/key_server_for_tests.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include <filesystem>
#include <fstream>
#include <future>
#include <optional>

namespace rotacast::http {
namespace {

using namespace std::chrono_literals;
using auth::testing::key_set_of;
using auth::testing::SigningKey;
using testing::KeyServer;
using testing::ok_answer;

const Timestamp noon{std::chrono::sys_days{std::chrono::year{2025} / 12 / 30} + 12h};

std::string token_of(const SigningKey& key, const std::string& id) {
    return key.token(R"({"alg":"ES256","kid":")" + id + "\"}",
                     R"({"sub":"11111111-1111-4111-8111-111111111111","exp":9999999999})");
}

std::string jwk_of(const SigningKey& key, const std::string& id) {
    return key.jwk(R"("kid":")" + id + '"');
}

auth::TokenRules rules() {
    auth::TokenRules rules;
    rules.algorithms = {auth::Algorithm::es256};
    return rules;
}

/// No load happens by itself, and unknown keys cause loads without a pause.
KeySetSourceOptions patient_options() {
    KeySetSourceOptions options;
    options.refresh = 24h;
    options.retry = 24h;
    options.demand_pause = 0ms;
    return options;
}

class KeySetSourceTest : public ::testing::Test {
  protected:
    ~KeySetSourceTest() override {
        if (source) source->stop();
        workers.stop();
        workers.join();
    }

    Result<void> start(KeySetSourceOptions options) {
        source.emplace(workers, verifier, std::move(options));
        return source->start();
    }
    Result<void> start_at(const std::string& url, KeySetSourceOptions options = patient_options()) {
        options.url = url;
        return start(std::move(options));
    }

    /// Waits until everything posted to the one worker is done. Posts twice, because a busy strand
    /// queues what is posted to it behind the first post.
    void settle() {
        std::promise<void> reached;
        asio::post(workers, [&] { asio::post(workers, [&] { reached.set_value(); }); });
        reached.get_future().wait();
    }

    bool takes(const std::string& token) {
        return verifier.verify(token, auth::TokenType::access, noon).has_value();
    }

    const SigningKey old_key = SigningKey::ec();
    const SigningKey new_key = SigningKey::ec();
    const std::string old_token = token_of(old_key, "old");
    const std::string new_token = token_of(new_key, "new");
    const std::string old_set = key_set_of(jwk_of(old_key, "old"));
    const std::string both_sets = key_set_of(jwk_of(old_key, "old"), jwk_of(new_key, "new"));

    asio::thread_pool workers{1};
    auth::TokenVerifier verifier{"", rules()};
    std::optional<KeySetSource> source;
};

TEST_F(KeySetSourceTest, LoadsFromAServerBeforeItReturns) {
    KeyServer server(ok_answer(old_set));
    ASSERT_TRUE(start_at(server.url()));
    EXPECT_TRUE(takes(old_token));
    EXPECT_EQ(source->failures(), 0u);
}

TEST_F(KeySetSourceTest, AnUnknownKeyLoadsTheNewSet) {
    KeyServer server(ok_answer(old_set));
    ASSERT_TRUE(start_at(server.url()));
    server.answer(ok_answer(both_sets));
    EXPECT_FALSE(takes(new_token));
    settle();
    EXPECT_TRUE(takes(new_token));
    EXPECT_TRUE(takes(old_token));
    EXPECT_EQ(server.requests(), 2u);
    server.answer(ok_answer(key_set_of(jwk_of(new_key, "new"))));
    source->reload();
    settle();
    EXPECT_TRUE(takes(new_token));
    EXPECT_FALSE(takes(old_token));
}

TEST_F(KeySetSourceTest, UnknownKeysCauseOneLoadPerPause) {
    KeyServer server(ok_answer(old_set));
    auto options = patient_options();
    options.demand_pause = 24h;
    ASSERT_TRUE(start_at(server.url(), options));
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(takes(new_token));
    settle();
    EXPECT_EQ(server.requests(), 2u);
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(takes(new_token));
    settle();
    EXPECT_EQ(server.requests(), 2u);
}

TEST_F(KeySetSourceTest, RefreshesByItself) {
    KeyServer server(ok_answer(old_set));
    auto options = patient_options();
    options.refresh = 1ms;
    ASSERT_TRUE(start_at(server.url(), options));
    server.answer(ok_answer(both_sets));
    // The second request from now on starts after the first, which gets the new response, is done.
    server.await_requests(server.requests() + 2);
    EXPECT_TRUE(takes(new_token));
}

TEST_F(KeySetSourceTest, AFailureLeavesTheKeysInForce) {
    KeyServer server(ok_answer(old_set));
    auto options = patient_options();
    options.patience = 100ms;
    ASSERT_TRUE(start_at(server.url(), options));
    const std::vector<std::string> failures{
        "HTTP/1.1 500 Oops\r\nContent-Length: " + std::to_string(both_sets.size()) + "\r\n\r\n" +
            both_sets,
        "HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
        ok_answer("<html>"),
        ok_answer("{}"),
        ok_answer(std::string(auth::KeySet::document_bytes_max + 1, ' ')),
        "garbage\r\n\r\n",
        "",  // no response at all
        "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + both_sets,
    };
    for (const auto& failure : failures) {
        server.answer(failure);
        source->reload();
        settle();
        EXPECT_TRUE(takes(old_token)) << failure.substr(0, 60);
        EXPECT_FALSE(verifier.keys()->names("new")) << failure.substr(0, 60);
    }
    EXPECT_EQ(source->failures(), failures.size());
    EXPECT_EQ(server.requests(), failures.size() + 1);
    server.answer(ok_answer(both_sets));
    source->reload();
    settle();
    EXPECT_TRUE(takes(new_token));
}

TEST_F(KeySetSourceTest, AServerThatDoesNotRespondAtTheStartIsTriedAgain) {
    KeyServer server("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n");
    auto options = patient_options();
    options.retry = 1ms;
    ASSERT_TRUE(start_at(server.url(), options));
    EXPECT_GE(source->failures(), 1u);
    EXPECT_EQ(verifier.keys()->size(), 0u);
    server.await_requests(3);
    server.answer(ok_answer(old_set));
    const auto seen = server.requests();
    server.await_requests(seen + 1);  // perhaps the last failure, but the next request gets the set
    source->reload();
    settle();
    EXPECT_TRUE(takes(old_token));
}

TEST_F(KeySetSourceTest, AnIssuerMayWithdrawItsLastKey) {
    KeyServer server(ok_answer(old_set));
    ASSERT_TRUE(start_at(server.url()));
    server.answer(ok_answer(R"({"keys":[]})"));
    source->reload();
    settle();
    EXPECT_FALSE(takes(old_token));
}

TEST_F(KeySetSourceTest, StopsWhileItWaitsForAServer) {
    KeyServer server(ok_answer(old_set));
    auto options = patient_options();
    options.patience = 24h;
    ASSERT_TRUE(start_at(server.url(), options));
    server.answer("");
    source->reload();
    server.await_requests(2);
    source->stop();
    settle();
    EXPECT_TRUE(takes(old_token));
    source->reload();
    settle();
    EXPECT_EQ(server.requests(), 2u);
}

TEST_F(KeySetSourceTest, InvalidOptionsAreRefused) {
    EXPECT_TRUE(start({}));
    auto both = patient_options();
    both.file = "keys.json";
    both.url = "https://id.example/keys";
    EXPECT_EQ(start(both).error().code, ErrorCode::config_invalid);
    const auto refused = start_at("ftp://user:hush@id.example/keys");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::config_invalid);
    EXPECT_EQ(refused.error().message.find("hush"), std::string::npos);
}

class KeySetFileTest : public KeySetSourceTest {
  protected:
    KeySetFileTest() {
        auto pattern = (std::filesystem::temp_directory_path() / "rotacast-XXXXXX").string();
        ::close(mkstemp(pattern.data()));
        file = pattern;
    }
    ~KeySetFileTest() override { std::filesystem::remove(file); }

    void write(const std::string& content) { std::ofstream(file) << content; }
    Result<void> start_here() {
        auto options = patient_options();
        options.file = file;
        return start(std::move(options));
    }

    std::string file;
};

TEST_F(KeySetFileTest, IsReadAtTheStartAndAgain) {
    write(old_set);
    ASSERT_TRUE(start_here());
    EXPECT_TRUE(takes(old_token));
    write(both_sets);
    EXPECT_FALSE(takes(new_token));
    settle();
    EXPECT_TRUE(takes(new_token));
    write("half a docu");
    source->reload();
    settle();
    EXPECT_TRUE(takes(new_token));
    EXPECT_EQ(source->failures(), 1u);
}

TEST_F(KeySetFileTest, ThatCannotBeUsedAtTheStartIsRefused) {
    const auto refusal = [&] {
        const auto started = start_here();
        return started ? "" : started.error().message;
    };
    const auto place = "tokens.jwks_file " + file + ": ";
    EXPECT_EQ(refusal(), place + "the file is missing, empty or not readable");
    write("x");
    EXPECT_EQ(refusal(), place + "the key set is no JSON document");
    write(key_set_of(R"({"kty":"oct","k":"AAAA"})"));
    EXPECT_EQ(refusal(), place + "it holds no key that can be used");
    write(old_set + std::string(auth::KeySet::document_bytes_max, ' '));
    EXPECT_EQ(refusal(), place + "the key set is larger than 262144 bytes");
}

}  // namespace
}  // namespace rotacast::http

#include "webhooks/webhook.hpp"

#include "reflect/encode.hpp"

#include <gtest/gtest.h>

namespace rotacast::webhooks {
namespace {

using namespace std::chrono_literals;

const Timestamp time{1'700'000'000s};

Result<WebhookInput> read(const std::string& more) {
    return read_webhook(
        reflect::parse_json(R"({"name":"pager","url":"https://pager.example/hook?k=1")" + more +
                            '}')
            .value());
}

/// The path of the error. Later keys replace earlier ones.
std::string path_of_refusal(const std::string& more) {
    const auto input = read(more);
    return input ? "taken" : input.error().path;
}

TEST(Webhook, NeedsOnlyNameAndUrlAndGeneratesASecret) {
    const auto one = make_webhook(read("").value(), "user:me", time).value();
    const auto other = make_webhook(read("").value(), "user:me", time).value();
    EXPECT_EQ(one.webhook.name, "pager");
    EXPECT_TRUE(one.webhook.active);
    EXPECT_EQ(one.webhook.created_at, time);
    EXPECT_TRUE(one.secrets.current.starts_with("whsec_"));
    EXPECT_EQ(one.webhook.format, "rotacast");
    EXPECT_NE(one.secrets.current, other.secrets.current);
    EXPECT_FALSE(one.secrets.previous);
}

TEST(Webhook, IsShownWithoutItsSecret) {
    const auto stored =
        make_webhook(read(R"(,"secret":"0123456789abcdef","types":["SwapExecuted"])").value(),
                     "user:me",
                     time)
            .value();
    EXPECT_EQ(stored.secrets.current, "0123456789abcdef");
    std::string shown;
    reflect::encode(shown, stored.webhook, {});
    EXPECT_EQ(
        shown,
        R"({"name":"pager","url":"https://pager.example/hook?k=1","types":["SwapExecuted"],)"
        R"("filter":{},"active":true,"timeout_ms":10000,"format":"rotacast","begins_after":"","created_by":"user:me",)"
        R"("created_at":"2023-11-14T22:13:20.000Z","updated_at":"2023-11-14T22:13:20.000Z"})");
}

TEST(Webhook, RefusesWithThePathOfTheFaultyMember) {
    for (const char* name : {"", "-a", "A", "a b", "a/b", "a\\n", "ü"})
        EXPECT_EQ(path_of_refusal(",\"name\":\"" + std::string(name) + '"'), "/name") << name;
    EXPECT_EQ(path_of_refusal(",\"name\":\"" + std::string(65, 'a') + '"'), "/name");
    for (const char* url : {"",
                            "pager.example",
                            "ftp://pager.example/",
                            "https://me:secret@pager.example/",
                            "https://@pager.example/",
                            "https://pager.example/#part"})
        EXPECT_EQ(path_of_refusal(",\"url\":\"" + std::string(url) + '"'), "/url") << url;
    EXPECT_EQ(path_of_refusal(R"(,"url":"https://pager.example/a@b")"), "taken");
    EXPECT_EQ(path_of_refusal(R"(,"types":["Nothing"])"), "/types/0");
    EXPECT_EQ(path_of_refusal(R"(,"filter":{"shoe_size":44})"), "/filter/shoe_size");
    EXPECT_EQ(path_of_refusal(R"(,"filtr":{})"), "/filtr");
    EXPECT_EQ(path_of_refusal(R"(,"timeout_ms":99)"), "/timeout_ms");
    EXPECT_EQ(path_of_refusal(R"(,"timeout_ms":60001)"), "/timeout_ms");
    for (const char* format : {R"("")", R"("cloudevents")", R"("Rotacast")", "null", "1"})
        EXPECT_EQ(path_of_refusal(",\"format\":" + std::string(format)), "/format") << format;
    EXPECT_EQ(path_of_refusal(R"(,"secret":"0123456789abcde")"), "/secret");
    EXPECT_EQ(path_of_refusal(",\"secret\":\"" + std::string(257, 'x') + '"'), "/secret");
    EXPECT_EQ(read_webhook(json::object{{"name", "a"}}).error().code, ErrorCode::missing_field);
}

TEST(Webhook, AChangeKeepsOtherMembers) {
    auto stored = make_webhook(read("").value(), "user:me", time).value();
    const auto secret = stored.secrets.current;
    change(stored, read(R"(,"active":false)").value(), time + 1h);
    EXPECT_FALSE(stored.webhook.active);
    EXPECT_EQ(stored.webhook.created_by, "user:me");
    EXPECT_EQ(stored.webhook.created_at, time);
    EXPECT_EQ(stored.webhook.updated_at, time + 1h);
    EXPECT_EQ(stored.secrets.current, secret);
    EXPECT_FALSE(stored.secrets.previous);
}

TEST(Webhook, ChangesAreAppliedToThePresentWebhook) {
    const auto present =
        make_webhook(read(R"(,"types":["SwapExecuted"],"timeout_ms":500)").value(), "user:me", time)
            .value()
            .webhook;
    const auto changed = [&](const char* text) {
        return read_changes(present, reflect::parse_json(text).value());
    };
    const auto same = changed("{}").value();
    EXPECT_EQ(same.url, present.url);
    EXPECT_EQ(same.types, present.types);
    EXPECT_EQ(same.timeout_ms, 500);
    EXPECT_FALSE(same.secret);
    EXPECT_EQ(same.format, "rotacast");
    EXPECT_EQ(changed(R"({"format":"cloudevents-binary"})")->format, "cloudevents-binary");
    EXPECT_EQ(changed(R"({"format":"xml"})").error().path, "/format");
    EXPECT_EQ(changed(R"({"types":null})")->types, std::nullopt);
    EXPECT_EQ(changed(R"({"timeoutMs":700})")->timeout_ms, 700);
    EXPECT_EQ(changed(R"({"timeout_ms":700})")->timeout_ms, 700);
    EXPECT_FALSE(changed(R"({"active":false})")->active);
    EXPECT_EQ(changed(R"({"name":"other"})").error().path, "/name");
    EXPECT_EQ(changed(R"({"from":"now"})").error().path, "/from");
    EXPECT_EQ(changed(R"({"urll":"x"})").error().path, "/urll");
    EXPECT_EQ(changed(R"({"filter":{"shoe_size":44}})").error().path, "/filter/shoe_size");
    EXPECT_EQ(changed("[]").error().code, ErrorCode::invalid_field);
}

TEST(Webhook, BothSecretsSignForADayAfterARotation) {
    Secrets secrets;
    ASSERT_TRUE(rotate(secrets, "the first secret", time));
    EXPECT_EQ(secrets.at(time), (std::vector<std::string>{"the first secret"}));
    ASSERT_TRUE(rotate(secrets, "the second secret", time));
    const std::vector<std::string> both{"the second secret", "the first secret"};
    EXPECT_EQ(secrets.at(time), both);
    EXPECT_EQ(secrets.at(time + 24h - 1ms), both);
    EXPECT_EQ(secrets.at(time + 24h), (std::vector<std::string>{"the second secret"}));
    ASSERT_TRUE(rotate(secrets, "the second secret", time + 1h));  // the present secret
    EXPECT_EQ(secrets.at(time), both);
    ASSERT_TRUE(rotate(secrets, std::nullopt, time));
    EXPECT_NE(secrets.current, "the second secret");
}

}  // namespace
}  // namespace rotacast::webhooks

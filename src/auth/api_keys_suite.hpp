#pragma once

// The contract of ApiKeys, as tests. Instantiate ApiKeysSuite with a factory per implementation, in
// one file per test program.

#include "auth/api_keys.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

namespace rotacast::auth {

/// Creates an empty store. The pointer keeps alive what it needs.
struct ApiKeysFactory {
    std::string name;
    std::function<std::shared_ptr<ApiKeys>()> make;
};

inline void PrintTo(const ApiKeysFactory& factory, std::ostream* out) {
    *out << factory.name;
}

class ApiKeysSuite : public testing::TestWithParam<ApiKeysFactory> {
  protected:
    template <class T>
    static ErrorCode code(const Result<T>& result) {
        return result.has_error() ? result.error().code : ErrorCode{};
    }

    std::shared_ptr<ApiKeys> keys_ = GetParam().make();
};

TEST_P(ApiKeysSuite, ApiKeysAreFoundByTheKeyAlone) {
    const auto key = keys_->add_api_key("back-end.1", {}).value();
    EXPECT_TRUE(key.starts_with("rk_"));
    EXPECT_EQ(key.size(), 3U + 43U);
    EXPECT_NE(keys_->add_api_key("other", {}).value(), key);
    EXPECT_EQ(keys_->find_api_key(key).value()->name, "back-end.1");
    for (const auto& wrong : {key + "x",
                              key.substr(0, key.size() - 1),
                              std::string("back-end.1"),
                              std::string("rk_"),
                              std::string()})
        EXPECT_FALSE(keys_->find_api_key(wrong).value()) << "length " << wrong.size();
    const auto keys = keys_->list_api_keys().value();
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0].name, "back-end.1");
    EXPECT_EQ(keys[1].name, "other");
}

TEST_P(ApiKeysSuite, ApiKeysCanBeRevokedAndTheirNamesAreChecked) {
    const auto key = keys_->add_api_key("a", {}).value();
    EXPECT_EQ(code(keys_->add_api_key("a", {})), ErrorCode::conflict);
    EXPECT_TRUE(keys_->revoke_api_key("a"));
    EXPECT_FALSE(keys_->find_api_key(key).value());
    EXPECT_EQ(code(keys_->revoke_api_key("a")), ErrorCode::not_found);
    EXPECT_TRUE(keys_->add_api_key("a", {}));
    for (const auto& bad :
         {std::string(), std::string("a b"), std::string("a:b"), std::string(101, 'a')})
        EXPECT_EQ(code(keys_->add_api_key(bad, {})), ErrorCode::invalid_field) << bad;
}

TEST_P(ApiKeysSuite, ApiKeysKeepTheirOptions) {
    const auto strict = keys_->add_api_key("strict", {.strict = true}).value();
    const auto lenient = keys_->add_api_key("lenient", {}).value();
    EXPECT_TRUE(keys_->find_api_key(strict).value()->options.strict);
    EXPECT_FALSE(keys_->find_api_key(lenient).value()->options.strict);
    const auto keys = keys_->list_api_keys().value();
    EXPECT_FALSE(keys.at(0).options.strict);
    EXPECT_TRUE(keys.at(1).options.strict);
}

}  // namespace rotacast::auth

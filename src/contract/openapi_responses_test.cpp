#include "contract/openapi_parts.hpp"

#include "contract/contract.hpp"
#include "http/message.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <set>

namespace rotacast::contract {
namespace {

/// Calls f(path, operation) for every operation of the document.
template <class F>
void for_each_operation(const json::value& document, F&& f) {
    for (const auto& [path, methods] : document.at("paths").as_object())
        for (const auto& [method, operation] : methods.as_object())
            f(std::string(path), operation.as_object());
}

TEST(OpenApi, EveryOperationHasATagThatIsDescribed) {
    const auto document = json::parse(openapi_json());
    std::set<std::string> described;
    for (const auto& tag : document.at("tags").as_array()) {
        EXPECT_FALSE(tag.at("description").as_string().empty());
        described.insert(tag.at("name").as_string().c_str());
    }
    std::set<std::string> used;
    for_each_operation(document, [&](const std::string& path, const json::object& operation) {
        ASSERT_EQ(operation.at("tags").as_array().size(), 1u) << path;
        used.insert(operation.at("tags").at(0).as_string().c_str());
    });
    EXPECT_EQ(used, described);
}

// The table of headers must say what http::error_response does.
TEST(OpenApi, RefusalsHaveTheHeadersThatTheServerSends) {
    const auto document = json::parse(openapi_json());
    std::size_t looked_at = 0;
    for_each_operation(document, [&](const std::string& path, const json::object& operation) {
        for (const auto& [status, response] : operation.at("responses").as_object()) {
            if (!response.as_object().contains("content") || status[0] < '4') continue;
            const auto& headers = response.at("headers").as_object();
            for (const auto& known : error_table()) {
                if (std::to_string(known.http_status) != status) continue;
                const auto sent = http::error_response({known.code, "", ""});
                for (const auto* name : {"Retry-After", "WWW-Authenticate"})
                    EXPECT_EQ(headers.contains(name), sent.find(name) != sent.end())
                        << path << ' ' << status << ' ' << name;
                ++looked_at;
            }
            EXPECT_TRUE(headers.contains("X-Request-ID")) << path << ' ' << status;
        }
    });
    EXPECT_GT(looked_at, 100u);
}

TEST(OpenApi, OperationsHaveDistinctIds) {
    std::set<std::string> ids;
    for_each_operation(
        json::parse(openapi_json()), [&](const std::string& path, const json::object& operation) {
            EXPECT_TRUE(ids.insert(operation.at("operationId").as_string().c_str()).second) << path;
        });
}

TEST(OpenApi, RequestsGoToTheServerThatServesTheDocument) {
    EXPECT_EQ(json::parse(openapi_json()).at("servers").at(0).at("url"), "/");
}

}  // namespace
}  // namespace rotacast::contract

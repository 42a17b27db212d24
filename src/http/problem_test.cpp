#include "http/problem.hpp"

#include "reflect/json.hpp"

#include <gtest/gtest.h>

namespace rotacast::http {
namespace {

std::string type_for(std::string_view accept, Response response) {
    Request request;
    request.set(field::accept, accept);
    present_error(response, request, "/api/v1/events", "r1");
    return std::string(response[field::content_type]);
}

Response expired() {
    return error_response({ErrorCode::token_expired, "", ""});
}

TEST(Problem, HasTheMembersOfRfc9457AndOurs) {
    EXPECT_EQ(problem_json(
                  {ErrorCode::invalid_field, "Not a \"UUID\".", "/id"}, 422, "/api/v1/events#r1"),
              R"({"type":"urn:rotacast:error:invalid_field","title":"Invalid field","status":422,)"
              R"("detail":"Not a \"UUID\".","instance":"/api/v1/events#r1",)"
              R"("code":1001,"name":"invalid_field","path":"/id"})");
}

TEST(Problem, ListsAllErrorsOfARequest) {
    std::optional<Error> all;
    add_error(all, {ErrorCode::missing_field, "", "/a"});
    add_error(all, {ErrorCode::invalid_field, "", "/b"});
    const auto problem = reflect::parse_json(problem_json(*all, 422, "/"));
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->at("path").as_string(), "/a");
    ASSERT_EQ(problem->at("errors").as_array().size(), 2U);
    EXPECT_EQ(problem->at("errors").at(0).at("path").as_string(), "/a");
    EXPECT_EQ(problem->at("errors").at(1).at("path").as_string(), "/b");
}

TEST(Problem, TellsEachErrorInASentence) {
    for (const auto& row : error_table()) {
        const auto text =
            problem_json({row.code, "", ""}, static_cast<unsigned>(row.http_status), "/x#r1");
        const auto problem = reflect::parse_json(text);
        ASSERT_TRUE(problem) << text;
        EXPECT_EQ(problem->at("detail").as_string(), row.advice);
        EXPECT_EQ(problem->at("code"), static_cast<std::int64_t>(row.code));
        EXPECT_EQ(problem->at("type").as_string(), "urn:rotacast:error:" + std::string(row.name));
        EXPECT_FALSE(problem->at("title").as_string().empty());
    }
}

TEST(Problem, IsForWhoNamesItAndDoesNotPreferJson) {
    for (const auto* accept : {"application/problem+json",
                               "APPLICATION/Problem+JSON",
                               "application/json, application/problem+json",
                               "application/problem+json, */*;q=0.5",
                               "application/json;q=0.9, application/problem+json",
                               "text/html, application/problem+json; q=0.3, */*;q=0.1"})
        EXPECT_EQ(type_for(accept, expired()), problem_type) << accept;
    for (const auto* accept : {"",
                               "*/*",
                               "application/*",
                               "application/json",
                               "text/event-stream",
                               "application/problem+xml",
                               "application/problem+json;q=0",
                               "application/json, application/problem+json;q=0.9",
                               ",,;;q=",
                               "application/problem+json-seq"})
        EXPECT_EQ(type_for(accept, expired()), "application/json") << accept;
}

TEST(Problem, KeepsWhatElseTheResponseSays) {
    Request request;
    request.set(field::accept, problem_type);
    auto response = error_response({ErrorCode::rate_limited, "Wait.", ""}, std::chrono::seconds{7});
    present_error(response, request, "/x", "r1");
    EXPECT_EQ(response[field::retry_after], "7");
    EXPECT_EQ(response.result_int(), 429U);
    EXPECT_NE(response.body().find(R"("status":429)"), std::string::npos);
}

TEST(Problem, HasTheStatusThatIsSentIfTheErrorHasNoneOfItsOwn) {
    Request request;
    request.insert(field::accept, "text/html");
    request.insert(field::accept, problem_type);
    auto response = refusal(status::request_timeout, "Too late.");
    present_error(response, request, "/", "r1");
    EXPECT_NE(response.body().find(R"("status":408,"detail":"Too late.")"), std::string::npos);
}

TEST(Problem, LeavesOtherResponsesAlone) {
    EXPECT_EQ(type_for(problem_type, json_response(status::ok, "{}")), "application/json");
    EXPECT_EQ(type_for(problem_type, json_response(status::unauthorized, R"({"detail":"No"})")),
              "application/json");
}

}  // namespace
}  // namespace rotacast::http

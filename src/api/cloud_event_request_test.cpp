#include "api/cloud_event_request.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rotacast::api {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

http::Request with(const Headers& headers) {
    http::Request request;
    for (const auto& [name, value] : headers) request.insert(name, value);
    return request;
}

TEST(CloudEventRequest, IsRecognisedByItsHeaders) {
    struct Row {
        Headers headers;
        CloudEventForm form;
    };
    using enum CloudEventForm;
    const Row rows[] = {
        {{}, none},
        {{{"Content-Type", "application/json"}}, none},
        {{{"Content-Type", "application/json"}, {"ce-priority", "7"}}, none},
        {{{"Content-Type", "application/cloudevents+json"}}, structured},
        {{{"Content-Type", "Application/CloudEvents+JSON; charset=utf-8"}}, structured},
        {{{"Content-Type", "application/cloudevents+json ;charset=utf-8"}, {"ce-id", "1"}},
         structured},
        {{{"Content-Type", "application/cloudevents-batch+json"}}, batch},
        {{{"Content-Type", "application/json"}, {"Ce-Id", "1"}}, binary},
        {{{"CE-TYPE", "x"}}, binary},
    };
    for (const auto& row : rows)
        EXPECT_EQ(cloud_event_form(with(row.headers)).value(), row.form)
            << (row.headers.empty() ? "" : row.headers[0].second);
}

TEST(CloudEventRequest, InAnotherFormatIsRefused) {
    for (const char* type : {"application/cloudevents",
                             "application/cloudevents+xml",
                             "application/cloudevents+avro",
                             "application/cloudevents-batch+protobuf"})
        EXPECT_EQ(cloud_event_form(with({{"Content-Type", type}})).error().code,
                  ErrorCode::unsupported_media_type)
            << type;
}

TEST(CloudEventRequest, HasItsAttributesInHeaders) {
    const auto attributes = cloud_event_attributes(with({{"Content-Type", "application/json"},
                                                         {"Ce-Id", "A%201%C3%BC%25"},
                                                         {"ce-source", R"("/a \"b\"%20c")"},
                                                         {"cE-SuBject", "s1"},
                                                         {"certain", "no"}}))
                                .value();
    EXPECT_EQ(attributes.size(), 4U);
    EXPECT_EQ(attributes.at("id").as_string(), "A 1ü%");
    EXPECT_EQ(attributes.at("source").as_string(), "/a \"b\" c");
    EXPECT_EQ(attributes.at("subject").as_string(), "s1");
    EXPECT_EQ(attributes.at("datacontenttype").as_string(), "application/json");
}

TEST(CloudEventRequest, NamesTheAttributeThatCannotBeRead) {
    for (const char* bad : {"%", "%2", "%zz", "a%C3", "%ED%A0%80", "\xFC"}) {
        const auto refused = cloud_event_attributes(with({{"ce-id", "1"}, {"ce-Subject", bad}}));
        ASSERT_TRUE(refused.has_error()) << bad;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_field);
        EXPECT_EQ(refused.error().path, "/subject");
    }
    EXPECT_EQ(cloud_event_attributes(with({{"ce-id", "1"}, {"CE-ID", "1"}})).error().path, "/id");
}

}  // namespace
}  // namespace rotacast::api

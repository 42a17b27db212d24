#include "api/stream_position.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace rotacast::api {
namespace {

struct StreamPosition : testing::Test {
    /// The position as text, "live", or the path of what is wrong.
    std::string of(std::string_view query, std::string_view header = {}, bool sent = true) {
        http::RequestContext context{.loop = loop,
                                     .request = {},
                                     .target = *http::Target::parse("/stream" + std::string(query)),
                                     .remote_address = {},
                                     .request_id = {},
                                     .path_parameter = {}};
        if (sent) context.request.set("Last-Event-ID", header);
        const auto position = position_in(context);
        if (!position) {
            EXPECT_EQ(position.error().code, ErrorCode::cursor_invalid);
            return position.error().path;
        }
        return *position ? to_string(**position) : "live";
    }

    net::Loop loop{0};
};

TEST_F(StreamPosition, IsLiveUnlessOneIsNamed) {
    EXPECT_EQ(of("", "", false), "live");
    for (const auto* query : {"", "?cursor=", "?lastEventId=&cursor", "?precursor=k3.1"})
        EXPECT_EQ(of(query), "live") << query;
}

TEST_F(StreamPosition, IsReadInEverySpelling) {
    for (const auto* name : {"lastEventId",
                             "last_event_id",
                             "last-event-id",
                             "Last-Event-ID",
                             "LASTEVENTID",
                             "evs_last_event_id",
                             "cursor",
                             "Cursor"})
        EXPECT_EQ(of('?' + std::string(name) + "=k3.7"), "k3.7") << name;
    EXPECT_EQ(of("", "k3.7.2"), "k3.7.2");
    EXPECT_EQ(of("?lastEventId=k3%2E7"), "k3.7");
}

TEST_F(StreamPosition, TheHeaderCountsThenTheParameterOfPolyfillsThenTheCursor) {
    EXPECT_EQ(of("?cursor=k3.1&lastEventId=k3.2", "k3.3"), "k3.3");
    EXPECT_EQ(of("?lastEventId=k3.2&cursor=k3.1"), "k3.2");
    EXPECT_EQ(of("?lastEventId=&cursor=k3.1"), "k3.1") << "an empty text names nothing";
}

TEST_F(StreamPosition, TheLastOfSeveralParametersCounts) {
    EXPECT_EQ(of("?lastEventId=k3.1&last_event_id=k3.2"), "k3.2");
    EXPECT_EQ(of("?cursor=k3.1&cursor=k3.2&cursor="), "k3.2");
}

TEST_F(StreamPosition, AnInvalidOneIsNeverPassedOver) {
    EXPECT_EQ(of("?cursor=k3.1&lastEventId=nonsense"), "/lastEventId");
    EXPECT_EQ(of("?cursor=k3.1", "nonsense"), "/Last-Event-ID");
    EXPECT_EQ(of("?cursor=%20"), "/cursor");
    EXPECT_EQ(of("?evs_last_event_id=k3"), "/evs_last_event_id");
}

}  // namespace
}  // namespace rotacast::api

#include "events/provenance.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rotacast::events {
namespace {

constexpr std::string_view example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Provenance, TakesTracesOfTheSpecification) {
    for (const char* text : {example.data(),
                             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
                             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff",
                             // §3.2.4: of a later version the known fields are read
                             "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                             "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"})
        EXPECT_TRUE(is_traceparent(text)) << text;
}

TEST(Provenance, IgnoresMalformedTraces) {
    const std::string good(example);
    std::vector<std::string> bad{
        "",
        "00",
        good + "-more",
        good + " ",
        " " + good,
        good.substr(0, good.size() - 1),
        "ff" + good.substr(2),
        "0" + good,
        "01" + good.substr(2) + "more",
        "01" + good.substr(2) + "-\r\nSet-Cookie: a=b",
        "01" + good.substr(2) + '-' + std::string(traceparent_bytes_max, 'a'),
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x"};
    for (const std::size_t dash : {2U, 35U, 52U}) {
        bad.push_back(good);
        bad.back()[dash] = '_';
    }
    for (const auto& text : bad) EXPECT_FALSE(is_traceparent(text)) << text;
}

TEST(Provenance, AMalformedTracestateIsDroppedAlone) {
    Provenance kept;
    keep_trace(kept, example, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
    EXPECT_EQ(kept.traceparent, example);
    EXPECT_EQ(kept.tracestate, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
    keep_trace(kept, example, "a=b\r\nX: y");
    EXPECT_EQ(kept.traceparent, example);
    EXPECT_FALSE(kept.tracestate);
    keep_trace(kept, "nonsense", "a=b");
    EXPECT_EQ(kept.traceparent, example) << "a malformed traceparent changes nothing";
    EXPECT_FALSE(kept.tracestate);
    EXPECT_FALSE(is_tracestate(std::string(tracestate_bytes_max + 1, 'a')));
}

TEST(Provenance, OfAnEventIsCompletedByItsRequests) {
    Provenance of_event;
    of_event.source = "/clinic";
    Provenance of_request;
    of_request.request_id = "r-1";
    keep_trace(of_request, example, "a=b");
    const auto own = shared(of_event);
    const auto request = shared(of_request);
    EXPECT_EQ(completed(nullptr, request), request);
    EXPECT_EQ(completed(own, nullptr), own);
    const auto both = completed(own, request);
    EXPECT_EQ(both->source, "/clinic");
    EXPECT_EQ(both->request_id, "r-1");
    EXPECT_EQ(both->traceparent, example);
    EXPECT_EQ(both->tracestate, "a=b");
    // A tracestate belongs to its traceparent.
    Provenance traced;
    keep_trace(traced, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203332-01", "");
    EXPECT_EQ(completed(shared(traced), request)->traceparent, traced.traceparent);
    EXPECT_FALSE(completed(shared(traced), request)->tracestate);
}

TEST(Provenance, IsNullWhenItSaysNothing) {
    EXPECT_EQ(shared({}), nullptr);
    Provenance said;
    said.source = "/clinic";
    EXPECT_EQ(shared(said)->source, "/clinic");
}

}  // namespace
}  // namespace rotacast::events

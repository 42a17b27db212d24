#include "contract/examples.hpp"

#include "contract/contract.hpp"
#include "contract/example_values.hpp"
#include "contract/names.hpp"
#include "contract/schema_parts.hpp"
#include "events/catalogue.hpp"
#include "events/event.hpp"
#include "ws/dialect.hpp"
#include "ws/v1_dialect.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace rotacast::contract {
namespace {

using reflect::Naming;

const Timestamp moment_of_examples = *parse_timestamp(some_moment);

json::object example_in(const json::object& schemas, const std::string& name) {
    return schemas.at(name).at("examples").at(0).as_object();
}

TEST(Examples, TakeConstantsFirstChoicesAndKnownValues) {
    const auto schema = object_of({{"kind", constant("a")},
                                   {"state", one_of({"on", "off"})},
                                   {"person_id", identifier()},
                                   {"count", or_null(integer())},
                                   {"left_out", text("")}},
                                  {"kind", "state", "person_id", "count"});
    EXPECT_EQ(example_of(schema, {}, "Thing"),
              (json::object{{"kind", "a"},
                            {"state", "on"},
                            {"person_id", "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"},
                            {"count", 1}}));
}

TEST(Examples, FollowReferencesAndMergeAllOf) {
    const json::object schemas{{"Part", object_of({{"cursor", text("")}}, {"cursor"})}};
    const json::object whole{
        {"allOf", {{{"$ref", "#/components/schemas/Part"}}, object_of({{"b", integer()}}, {"b"})}}};
    EXPECT_EQ(example_of(whole, schemas, "Whole"), (json::object{{"cursor", "k3.1208"}, {"b", 1}}));
}

TEST(Examples, OfPublishedEventsAreAcceptedCompletely) {
    const auto schemas = event_schemas();
    for (const auto& info : events::all_types()) {
        if (info.kind != events::Kind::domain) continue;
        const auto decoded =
            events::decode_envelope(example_in(schemas, event_name(info.type)), "");
        ASSERT_TRUE(decoded) << info.type << ' ' << decoded.error().path;
        EXPECT_EQ(events::type_of(decoded->envelope.event), info.type);
        EXPECT_TRUE(decoded->ignored.empty()) << info.type << decoded->ignored.front();
    }
}

/// The event that a client event's example shows.
hub::Publication publication_of(std::string_view type, const json::object& example) {
    auto decoded = events::decode_broadcast(type, example);
    EXPECT_TRUE(decoded) << type;
    hub::Publication publication;
    publication.timestamp = moment_of_examples;
    publication.event_id = *Uuid::parse("23f589cc-1cea-4439-8cd9-0ec9f82fbf92");
    publication.cursor = "k3.1208";
    boost::mp11::mp_for_each<events::client::Broadcasts>([&]<class E>(const E&) {
        if (const auto* event = std::get_if<E>(&decoded->envelope.event))
            publication.event = *event;
    });
    return publication;
}

TEST(Examples, OfClientEventsAreWhatTheServerSends) {
    const auto schemas = event_schemas();
    for (const auto& info : events::all_types()) {
        if (info.kind != events::Kind::broadcast) continue;
        const auto snake = example_in(schemas, client_message_name(info.type));
        const auto publication = publication_of(info.type, snake);
        for (const auto naming : {Naming::snake, Naming::camel}) {
            std::string sent;
            ws::append_classic(sent, publication, naming);
            EXPECT_EQ(json::parse(sent),
                      example_in(schemas, client_message_name(info.type, naming)));
        }
    }
}

TEST(Examples, OfMessagesOfRotacastV1AreWhatTheServerSends) {
    const auto document = json::parse(asyncapi_json());
    const auto& schemas = document.at("components").at("schemas").as_object();
    const auto classic = event_schemas();
    for (const auto& info : events::all_types()) {
        if (info.kind != events::Kind::broadcast) continue;
        std::string sent;
        ws::v1::append_event(
            sent, publication_of(info.type, example_in(classic, client_message_name(info.type))));
        EXPECT_EQ(json::parse(sent), example_in(schemas, v1_message_name(info.type)));
    }
    const ws::v1::Answer answer{R"("r1")", moment_of_examples};
    EXPECT_EQ(json::parse(ws::v1::ack(answer, "k3.1208")), example_in(schemas, "V1Ack"));
    EXPECT_EQ(json::parse(ws::v1::pong(answer)), example_in(schemas, "V1Pong"));
}

TEST(Examples, OfBroadcastsAreAccepted) {
    const auto schemas = broadcast_schemas();
    for (const auto& info : events::all_types()) {
        if (info.kind != events::Kind::broadcast) continue;
        const auto name = broadcast_name(info.type);
        const auto body = example_of(schemas.at(name).as_object(), schemas, name);
        const auto decoded = events::decode_broadcast(info.type, body);
        ASSERT_TRUE(decoded) << name << ' ' << decoded.error().path;
        EXPECT_TRUE(decoded->ignored.empty()) << name;
    }
}

/// Every operation's bodies of JSON have an example.
TEST(Examples, EveryBodyHasOne) {
    const auto document = json::parse(openapi_json());
    std::size_t bodies = 0;
    const auto check = [&](const json::value& holder, const std::string& place) {
        const auto* content = holder.as_object().if_contains("content");
        if (!content) return;
        for (const auto& [media_type, body] : content->as_object()) {
            if (media_type.find("json") == json::string_view::npos) continue;
            const auto& told = body.as_object();
            EXPECT_TRUE(told.contains("example") || told.contains("examples")) << place;
            ++bodies;
        }
    };
    for (const auto& [path, methods] : document.at("paths").as_object())
        for (const auto& [method, operation] : methods.as_object()) {
            const auto place = std::string(method) + ' ' + std::string(path);
            if (const auto* body = operation.as_object().if_contains("requestBody"))
                check(*body, place);
            for (const auto& [status, response] : operation.at("responses").as_object())
                check(response, place + ' ' + std::string(status));
        }
    EXPECT_GT(bodies, 100u);
}

}  // namespace
}  // namespace rotacast::contract

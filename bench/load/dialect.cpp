#include "load/dialect.hpp"

namespace rotacast::bench {

namespace {

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

MessageKind classify_classic(std::string_view head) {
    if (head.starts_with(R"({"event_type":"schedule_updated")")) return MessageKind::event;
    if (head.starts_with(R"({"event_type":"pong")")) return MessageKind::caught_up;
    return MessageKind::other;
}

/// A result with errors or without data is not an event.
MessageKind classify_graphql(std::string_view head) {
    if (has(head, R"("type":"next","payload":{"data":{)")) return MessageKind::event;
    if (head.starts_with(R"({"type":"pong")")) return MessageKind::caught_up;
    if (head.starts_with(R"({"type":"connection_ack")")) return MessageKind::greeted;
    if (has(head, R"("type":"error")") || has(head, R"("type":"complete")"))
        return MessageKind::refused;
    return MessageKind::other;
}

}  // namespace

const Dialect& classic() {
    static constexpr Dialect dialect{.path = "/ws",
                                     .headers = "",
                                     .greeting = "",
                                     .barrier = R"({"action":"ping"})",
                                     .classify = &classify_classic};
    return dialect;
}

const Dialect& graphql_transport_ws() {
    static constexpr Dialect dialect{.path = "/graphql",
                                     .headers = "Sec-WebSocket-Protocol: graphql-transport-ws\r\n",
                                     .greeting = R"({"type":"connection_init"})",
                                     .barrier = R"({"type":"ping"})",
                                     .classify = &classify_graphql};
    return dialect;
}

}  // namespace rotacast::bench

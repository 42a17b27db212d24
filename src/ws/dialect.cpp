#include "ws/dialect.hpp"

#include "reflect/encode.hpp"

namespace rotacast::ws {
namespace {

template <class E>
concept WithoutTimestamp = requires {
    E::without_timestamp;
};

template <class E>
void append_event(std::string& out, const E& event, Timestamp timestamp, Naming naming) {
    out += naming == Naming::camel ? R"({"eventType":")" : R"({"event_type":")";
    out += E::type;
    out += '"';
    if constexpr (!WithoutTimestamp<E>) {
        out += R"(,"timestamp":")";
        append_timestamp(out, timestamp);
        out += '"';
    }
    reflect::encode_members(out, event, {naming, reflect::Audience::websocket});
    out += '}';
}

}  // namespace

void append_classic(std::string& out, const hub::Publication& publication, Naming naming) {
    std::visit([&](const auto& event) { append_event(out, event, publication.timestamp, naming); },
               publication.event);
}

std::string connection_ack(const Uuid& user, Timestamp now, Naming naming) {
    std::string out;
    append_event(out, events::client::ConnectionAck{.user_id = user}, now, naming);
    return out;
}

std::string pong(Timestamp now, Naming naming) {
    std::string out;
    append_event(out, events::client::Pong{}, now, naming);
    return out;
}

}  // namespace rotacast::ws

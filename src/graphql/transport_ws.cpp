// The subprotocol graphql-transport-ws (wire specification §4.5). Unlike in the original's library,
// an error in a document fails only its operation and never closes the socket.

#include "graphql/close_code.hpp"
#include "graphql/message.hpp"
#include "graphql/transport.hpp"

namespace rotacast::graphql {
namespace {

class TransportWs final : public Transport {
  public:
    const MessageEncoder& encoder() const override { return transport_ws_encoder(); }

    void binary(TransportActions& actions) override {
        end(actions, close::invalid_message, "WebSocket message type must be text");
    }

  private:
    void send_refusal(TransportActions&, const Error&) override {}

    void receive(TransportActions& actions, std::string_view text) override {
        auto read = read_message(text);
        if (!read.message)
            return end(actions,
                       close::invalid_message,
                       read.why == Unreadable::no_json ? "WebSocket message must be valid JSON"
                                                       : "Failed to parse message");
        auto& message = *read.message;
        if (message.type == "connection_init") return on_init(actions, message);
        if (message.type == "ping") return actions.send(R"({"type":"pong"})");
        if (message.type == "pong") return;
        if (message.type == "subscribe") return on_subscribe(actions, message);
        if (message.type == "complete") return on_complete(actions, message);
        end(actions, close::invalid_message, "Unknown message type: " + message.type);
    }

    void on_init(TransportActions& actions, const Message& message) {
        if (state_ != State::silent)
            return end(actions, close::too_many_requests, "Too many initialisation requests");
        if (message.has_payload && !message.payload.is_object())
            return end(actions, close::invalid_message, "Invalid connection init payload");
        initialise(actions, &message.payload);
    }

    void on_subscribe(TransportActions& actions, const Message& message) {
        if (!ready()) return end(actions, close::unauthorized, "Unauthorized");
        auto request = decode_request(message.payload);
        if (message.id.empty() || !request)
            return end(actions, close::invalid_message, "Failed to parse message");
        const auto [place, is_new] = active_.insert(message.id);
        if (!is_new)
            return end(actions,
                       close::subscriber_exists,
                       "Subscriber for " + message.id + " already exists");
        // Passes a copy of the id: the operation may end before start() returns.
        actions.start(std::string(*place), std::move(*request));
    }

    // The client's `complete` may cross ours on the way, so an unknown id is no error.
    void on_complete(TransportActions& actions, const Message& message) {
        if (message.id.empty())
            return end(actions, close::invalid_message, "Failed to parse message");
        if (active_.erase(message.id) > 0) actions.stop(message.id);
    }
};

}  // namespace

std::unique_ptr<Transport> transport_ws() {
    return std::make_unique<TransportWs>();
}

}  // namespace rotacast::graphql

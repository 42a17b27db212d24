// The subprotocol graphql-ws of the legacy Apollo client (wire specification §4.5). Lenient like
// Apollo's server: invalid messages are ignored. Unlike the original's library, no operation starts
// before connection_init, and an unknown `stop` is harmless.

#include "graphql/close_code.hpp"
#include "graphql/message.hpp"
#include "graphql/transport.hpp"

#include <array>

namespace rotacast::graphql {
namespace {

std::string error_object(const Error& error) {
    std::string out;
    append_error(out, to_graphql_error(error));
    return out;
}

class TransportLegacy final : public Transport {
  public:
    const MessageEncoder& encoder() const override { return transport_legacy_encoder(); }

    void binary(TransportActions&) override {}

  private:
    void send_refusal(TransportActions& actions, const Error& error) override {
        actions.send(R"({"type":"connection_error","payload":)" + error_object(error) + '}');
    }

    void receive(TransportActions& actions, std::string_view text) override {
        auto read = read_message(text);
        if (!read.message) return;
        auto& message = *read.message;
        if (message.type == "connection_init") return on_init(actions, message);
        if (message.type == "start") return on_start(actions, message);
        if (message.type == "stop") return on_stop(actions, message);
        if (message.type == "connection_terminate") end(actions, close::normal, "");
    }

    void on_init(TransportActions& actions, const Message& message) {
        if (state_ != State::silent) return;
        if (!message.payload.is_null() && !message.payload.is_object()) {
            actions.send(R"({"type":"connection_error"})");
            return end(actions, close::normal, "");
        }
        initialise(actions, &message.payload);
    }

    void on_start(TransportActions& actions, const Message& message) {
        if (message.id.empty()) return;
        if (!ready())
            return refuse(actions,
                          message.id,
                          {ErrorCode::unauthenticated, "Send `connection_init` first.", ""});
        auto request = decode_request(message.payload);
        if (!request) return refuse(actions, message.id, request.error());
        // The client has forgotten the earlier operation with this id, as after a reconnect.
        if (!active_.insert(message.id).second) actions.stop(message.id);
        actions.start(message.id, std::move(*request));
    }

    void refuse(TransportActions& actions, std::string_view id, const Error& error) {
        const std::array errors{error_object(error)};
        actions.send(encoder().errors(id, errors));
    }

    void on_stop(TransportActions& actions, const Message& message) {
        if (active_.erase(message.id) == 0) return;
        actions.stop(message.id);
        actions.send(encoder().complete(message.id));
    }
};

}  // namespace

std::unique_ptr<Transport> transport_legacy() {
    return std::make_unique<TransportLegacy>();
}

}  // namespace rotacast::graphql

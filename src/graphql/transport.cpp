#include "graphql/transport.hpp"

#include "graphql/close_code.hpp"
#include "graphql/message.hpp"

namespace rotacast::graphql {

void Transport::text(TransportActions& actions, std::string_view text) {
    if (!closed()) receive(actions, text);
}

void Transport::tick(TransportActions& actions,
                     Timestamp now,
                     Timestamp opened_at,
                     std::chrono::milliseconds patience) {
    // The client has sent its token; it is still being checked.
    if (state_ == State::silent && now >= opened_at + patience)
        end(actions, close::initialisation_timeout, "Connection initialisation timeout");
}

void Transport::initialise(TransportActions& actions, const json::value* payload) {
    state_ = State::checking;
    actions.initialise(token_in(payload));
}

void Transport::acknowledged(TransportActions& actions) {
    if (state_ != State::checking) return;
    state_ = State::ready;
    actions.send(R"({"type":"connection_ack"})");
}

void Transport::refused(TransportActions& actions,
                        const Error& error,
                        std::uint16_t code,
                        std::string_view reason) {
    if (state_ != State::checking) return;
    send_refusal(actions, error);
    end(actions, code, reason);
}

void Transport::end(TransportActions& actions, std::uint16_t code, std::string_view reason) {
    if (closed()) return;
    state_ = State::closed;
    actions.close(code, reason);
}

}  // namespace rotacast::graphql

#include "load/subscriber.hpp"

#include "load/upgrade.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <stdexcept>

namespace rotacast::bench {

namespace {

std::size_t receive_some(Channel& channel, char* into, std::size_t size) {
    const ssize_t got = channel.receive(into, size);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got == 0) throw std::runtime_error("the server ended the connection while it was set up");
    fail_errno("receive");
}

/// Reads the response to the upgrade; returns the bytes after it.
std::string read_upgrade_answer(Channel& channel) {
    std::string answer;
    std::array<char, 4096> buffer{};
    std::optional<std::size_t> size;
    while (!(size = upgrade_answer_size(answer))) {
        answer.append(buffer.data(), receive_some(channel, buffer.data(), buffer.size()));
    }
    if (!upgrade_agreed(answer)) {
        throw std::runtime_error("upgrade refused: " + answer.substr(0, answer.find("\r\n")));
    }
    return answer.substr(*size);
}

}  // namespace

Subscriber::Subscriber(const Connect& how, std::string_view token, const Dialect& dialect)
    : dialect_(dialect), channel_(how) {
    channel_.send(upgrade_request(dialect.path, token, dialect.headers));
}

void Subscriber::subscribe(const std::string* actions, std::size_t count) {
    process(read_upgrade_answer(channel_));
    if (!dialect_.greeting.empty()) {
        channel_.send(client_frame(Opcode::text, dialect_.greeting));
        wait_for(greeted_);
    }
    std::string commands;
    for (std::size_t i = 0; i < count; ++i) commands += client_frame(Opcode::text, actions[i]);
    commands += client_frame(Opcode::text, dialect_.barrier);
    channel_.send(commands);
}

void Subscriber::wait_until_subscribed() {
    wait_for(caught_up_);
    set_nonblocking(fd());
}

void Subscriber::wait_for(const bool& flag) {
    std::array<char, 4096> buffer{};
    while (!flag) process({buffer.data(), receive_some(channel_, buffer.data(), buffer.size())});
}

void Subscriber::process(std::string_view bytes) {
    scanner_.feed(bytes, [this](const ServerFrame& frame) {
        if (on_control(frame)) return;
        const MessageKind kind = dialect_.classify(frame.head);
        if (kind == MessageKind::refused)
            throw std::runtime_error("refused: " + std::string(frame.head));
        greeted_ = greeted_ || kind == MessageKind::greeted;
        caught_up_ = caught_up_ || kind == MessageKind::caught_up;
    });
    if (close_code_ != 0) {
        throw std::runtime_error("closed by the server with " + std::to_string(close_code_));
    }
}

bool Subscriber::on_control(const ServerFrame& frame) {
    if (frame.opcode == Opcode::text) return false;
    if (frame.opcode == Opcode::ping) channel_.send(client_frame(Opcode::pong, frame.head));
    if (frame.opcode == Opcode::close && frame.head.size() >= 2) {
        close_code_ = static_cast<unsigned char>(frame.head[0]) * 256U +
                      static_cast<unsigned char>(frame.head[1]);
    }
    return true;
}

Subscriber::Received Subscriber::receive(std::string& scratch) {
    Received received;
    const ssize_t got = channel_.receive(scratch.data(), scratch.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return received;
    if (got <= 0) {
        received.ended = true;
        return received;
    }
    scanner_.feed({scratch.data(), static_cast<std::size_t>(got)}, [&](const ServerFrame& frame) {
        if (on_control(frame)) return;
        if (dialect_.classify(frame.head) != MessageKind::event) return;
        ++received.deliveries;
        received.payload_bytes += frame.payload_bytes;
    });
    return received;
}

}  // namespace rotacast::bench

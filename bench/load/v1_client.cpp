#include "load/v1_client.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

#include "load/server_text.hpp"
#include "load/upgrade.hpp"

namespace rotacast::bench {

namespace {

/// Events fit completely; an `ack` with the latest state would be longer, but none is requested.
constexpr std::size_t message_max = 65536;
constexpr std::string_view event_type = "schedule_updated";
/// `id` of a connection's first command.
constexpr std::string_view entry_id = "enter";

std::string handshake(const V1Login& login) {
    std::string headers = "Sec-WebSocket-Protocol: rotacast.v1\r\n";
    if (login.offer_deflate) headers += "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    return upgrade_request("/ws", login.token, headers);
}

unsigned status_of(std::string_view answer) {
    const auto space = answer.find(' ');
    if (space == std::string_view::npos) return 0;
    return static_cast<unsigned>(leading_number(answer.substr(space + 1)));
}

}  // namespace

V1Client::V1Client(std::size_t index, std::string schedule_id)
    : index_(index), schedule_id_(std::move(schedule_id)) {}

void V1Client::connect(const V1Login& login) {
    socket_ = begin_connect_loopback(login.how);
    scanner_ = FrameScanner(message_max);
    request_ = handshake(login);
    answer_.clear();
    close_code_ = 0;
    phase_ = Phase::connecting;
}

void V1Client::cut(bool reset) {
    Descriptor socket = std::exchange(socket_, Descriptor());
    if (reset) reset_and_close(std::move(socket));
    phase_ = Phase::away;
}

void V1Client::on_ready(std::string& scratch, V1Watcher& watcher) {
    if (phase_ == Phase::away) return;
    if (phase_ == Phase::connecting) {
        finish_connect(watcher);
        return;
    }
    const ssize_t got = recv(fd(), scratch.data(), scratch.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        end(watcher);
        return;
    }
    const std::string_view bytes(scratch.data(), static_cast<std::size_t>(got));
    if (phase_ == Phase::upgrading) {
        take_upgrade_answer(bytes, watcher);
    } else {
        read(bytes, watcher);
    }
}

void V1Client::send(std::string_view command) {
    // An error may be ignored: if the server has closed, the next read reports it.
    static_cast<void>(try_send_all(fd(), client_frame(Opcode::text, command)));
}

void V1Client::finish_connect(V1Watcher& watcher) {
    if (connect_error(fd()) != 0 || !try_send_all(fd(), request_)) {
        end(watcher);
        return;
    }
    request_.clear();
    phase_ = Phase::upgrading;
}

void V1Client::take_upgrade_answer(std::string_view bytes, V1Watcher& watcher) {
    answer_.append(bytes);
    const auto size = upgrade_answer_size(answer_);
    if (!size) return;
    if (!upgrade_agreed(answer_)) {
        close_code_ = status_of(answer_);
        end(watcher);
        return;
    }
    handshake_ns_ = now_ns();
    enter();
    read(std::string_view(answer_).substr(*size), watcher);
}

void V1Client::enter() {
    phase_ = Phase::entering;
    const std::string schedules = R"("schedules":[")" + schedule_id_ + R"("]})";
    const std::string id = R"(","id":")" + std::string(entry_id) + R"(",)";
    if (cursor_.empty()) {
        send(R"({"action":"subscribe)" + id + schedules);
    } else {
        send(R"({"action":"resume)" + id + R"("cursor":")" + cursor_ + R"(",)" + schedules);
    }
}

void V1Client::read(std::string_view bytes, V1Watcher& watcher) {
    scanner_.feed(bytes, [&](const ServerFrame& frame) { on_frame(frame, watcher); });
    if (close_code_ != 0) end(watcher);
}

void V1Client::on_frame(const ServerFrame& frame, V1Watcher& watcher) {
    if (frame.opcode == Opcode::text) {
        on_message(frame, watcher);
    } else if (frame.opcode == Opcode::ping) {
        static_cast<void>(try_send_all(fd(), client_frame(Opcode::pong, frame.head)));
    } else if (frame.opcode == Opcode::close) {
        // 1005 (RFC 6455 §7.4.1): the frame has no code.
        const std::string_view code = frame.head.size() < 2 ? "\x03\xed" : frame.head;
        close_code_ =
            static_cast<unsigned char>(code[0]) * 256U + static_cast<unsigned char>(code[1]);
    }
}

void V1Client::on_message(const ServerFrame& frame, V1Watcher& watcher) {
    std::string_view text = frame.head;
    if (frame.compressed) {
        ++compressed_frames_;
        if (inflater_) text = inflater_->inflate(text);
    }
    const std::string_view type = event_type_of(text);
    const bool unread = type.empty();
    if (!unread && type != event_type) {
        on_notice(type, text, watcher);
        return;
    }
    // A message that was not inflated counts as an event once the client is live; the greeting may
    // be compressed, too.
    if (unread && phase_ != Phase::live) return;
    ++event_frames_;
    event_wire_bytes_ += frame.wire_bytes;
    if (!unread) on_event(text);
}

void V1Client::on_event(std::string_view text) {
    const auto message = text_field(text, "message");
    const auto cursor = text_field(text, "cursor");
    if (!message || !cursor) throw std::runtime_error("an event without message or cursor");
    events_.add(leading_number(*message));
    cursor_ = *cursor;
}

void V1Client::on_notice(std::string_view type, std::string_view text, V1Watcher& watcher) {
    if (type == "gap") ++gaps_;
    if (type == "error") ++errors_;
    if (const auto cursor = text_field(text, "cursor"); cursor && type != "error") {
        cursor_ = *cursor;
    }
    watcher.on_notice(*this, type, text);
    const bool entered = (type == "ack" || type == "resumed") && text_field(text, "id") == entry_id;
    if (phase_ != Phase::entering || !entered) return;
    phase_ = Phase::live;
    live_ns_ = now_ns();
    ++entries_;
    watcher.on_live(*this);
}

void V1Client::end(V1Watcher& watcher) {
    if (close_code_ >= 1000) {  // RFC 6455 §5.5.1: a close is answered
        static_cast<void>(try_send_all(fd(), client_frame(Opcode::close, "\x03\xe8")));
    }
    socket_ = Descriptor();
    phase_ = Phase::away;
    watcher.on_ended(*this);
}

}  // namespace rotacast::bench

#include "net/websocket_frames.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <vector>

namespace rotacast::net {
namespace {

constexpr ProtocolError protocol_error(std::string_view reason) {
    return {1002, reason};
}
constexpr ProtocolError not_utf8{1007, "text is not UTF-8"};
constexpr ProtocolError too_big{1009, "message too big"};
constexpr ProtocolError not_deflate{1007, "compressed message is corrupt"};

constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_bits = 0x7F;
constexpr std::uint8_t length_16 = 126;
constexpr std::uint8_t length_64 = 127;

bool is_known(Opcode opcode) {
    return opcode <= Opcode::binary || (opcode >= Opcode::close && opcode <= Opcode::pong);
}

std::uint64_t read_big_endian(std::span<const std::uint8_t> octets) {
    std::uint64_t value = 0;
    for (const auto octet : octets) value = value << 8U | octet;
    return value;
}

std::string_view as_text(std::span<const std::uint8_t> octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

std::string_view as_text(const std::vector<char>& octets) {
    return {octets.data(), octets.size()};
}

/// Appends; the capacity doubles, but never exceeds `size_max`.
void append(std::vector<char>& out, std::string_view octets, std::uint64_t size_max) {
    const std::size_t needed = out.size() + octets.size();
    if (needed > out.capacity()) {
        const std::uint64_t doubled = std::min<std::uint64_t>(out.capacity() * 2, size_max);
        out.reserve(std::max(needed, static_cast<std::size_t>(doubled)));
    }
    out.insert(out.end(), octets.begin(), octets.end());
}

/// The mask for the octets after the next `count`.
MaskKey turned(MaskKey mask, std::size_t count) {
    return {mask[count % 4], mask[(count + 1) % 4], mask[(count + 2) % 4], mask[(count + 3) % 4]};
}

/// §5.5.1 and §7.4.
FrameEvent parse_close(std::string_view payload) {
    if (payload.empty()) return Close{};
    if (payload.size() == 1) return protocol_error("close frame of one octet");
    const auto high = static_cast<std::uint8_t>(payload[0]);
    const auto low = static_cast<std::uint8_t>(payload[1]);
    const auto code = static_cast<std::uint16_t>(high << 8U | low);
    if (!is_valid_close_code(code)) return protocol_error("invalid close code");
    const auto reason = payload.substr(2);
    if (!is_valid_utf8(reason)) return ProtocolError{1007, "close reason is not UTF-8"};
    return Close{code, reason};
}

}  // namespace

// Allocated separately, because nearly all frames arrive whole and there are many idle connections.
struct FrameReader::Gathered {
    std::vector<char> message;
    std::vector<char> control;  // may come between the fragments of `message`
    std::optional<Inflater> inflater;
};

void FrameReader::Deleter::operator()(Gathered* gathered) const noexcept {
    delete gathered;
}

std::optional<FrameEvent> FrameReader::next(std::span<std::uint8_t>& bytes) {
    release_delivered();
    if (stopped_) bytes = {};
    while (true) {
        if (!in_payload_) {
            if (const auto refusal = read_header(bytes)) return stop(*refusal);
            if (!in_payload_) return std::nullopt;
        }
        if (payload_left_ > 0 && bytes.empty()) return std::nullopt;
        if (auto event = read_payload(bytes)) return event;
    }
}

std::size_t FrameReader::buffered_bytes() const noexcept {
    if (!gathered_) return 0;
    return gathered_->message.capacity() + gathered_->control.capacity() +
           (gathered_->inflater ? Inflater::memory_bytes_max : 0);
}

// Each rule is checked at a fixed octet of the header, so the result does not depend on splits.
std::optional<ProtocolError> FrameReader::read_header(std::span<std::uint8_t>& bytes) {
    while (header_filled_ < header_size()) {
        const auto count = std::min<std::size_t>(header_size() - header_filled_, bytes.size());
        if (count == 0) return std::nullopt;
        std::memcpy(header_.data() + header_filled_, bytes.data(), count);
        header_filled_ = static_cast<std::uint8_t>(header_filled_ + count);
        bytes = bytes.subspan(count);
        if (header_filled_ == 2) {
            if (const auto refusal = check_start()) return refusal;
        }
    }
    return start_frame();
}

/// Checks the first two octets: §5.2; the order of fragments: §5.4; control frames: §5.5.
std::optional<ProtocolError> FrameReader::check_start() const {
    const std::uint8_t length = header_[1] & length_bits;
    if (has_reserved_bit()) return protocol_error("reserved bit set");
    if (!is_known(opcode())) return protocol_error("reserved opcode");
    if ((header_[1] & mask_bit) == 0) return protocol_error("frame is not masked");
    if (control()) {
        if (!final()) return protocol_error("fragmented control frame");
        if (length > control_payload_bytes_max) return protocol_error("control frame too long");
        return std::nullopt;
    }
    if (opcode() == Opcode::continuation && !in_message()) {
        return protocol_error("nothing to continue");
    }
    if (opcode() != Opcode::continuation && in_message()) {
        return protocol_error("message inside a fragmented message");
    }
    return std::nullopt;
}

/// The first frame of a compressed message has RSV1 (RFC 7692 §6.1).
bool FrameReader::has_reserved_bit() const noexcept {
    const bool may_compress = deflate_ && !control() && opcode() != Opcode::continuation;
    return (header_[0] & 0x30U) != 0 || (rsv1() && !may_compress);
}

std::optional<ProtocolError> FrameReader::start_frame() {
    const std::uint8_t length = header_[1] & length_bits;
    const std::uint64_t size = announced_size();
    if (length == length_64 && size >> 63U != 0)
        return protocol_error("length has its top bit set");
    if ((length == length_16 && size < length_16) || (length == length_64 && size <= 0xFFFF)) {
        return protocol_error("length is not in its shortest form");
    }
    if (!control()) {
        if (!in_message()) {
            message_opcode_ = opcode();
            message_deflated_ = rsv1();
        }
        const std::uint64_t before = gathered_ ? gathered_->message.size() : 0;
        if (!message_deflated_ && size > limits_.max_message_bytes - before) return too_big;
    }
    std::copy_n(header_.begin() + header_filled_ - 4, 4, mask_.begin());
    header_filled_ = 0;
    payload_left_ = size;
    in_payload_ = true;
    return std::nullopt;
}

/// The size of the whole header; two until the length octet is known.
std::size_t FrameReader::header_size() const noexcept {
    if (header_filled_ < 2) return 2;
    const std::uint8_t length = header_[1] & length_bits;
    const std::size_t extended = length == length_64 ? 8U : length == length_16 ? 2U : 0U;
    return 2 + extended + mask_.size();
}

std::uint64_t FrameReader::announced_size() const noexcept {
    const std::uint8_t length = header_[1] & length_bits;
    if (length < length_16) return length;
    return read_big_endian(std::span(header_).subspan(2, length == length_64 ? 8U : 2U));
}

std::optional<FrameEvent> FrameReader::read_payload(std::span<std::uint8_t>& bytes) {
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size()));
    const auto chunk = bytes.first(count);
    bytes = bytes.subspan(count);
    apply_mask(chunk, mask_);
    payload_left_ -= count;
    in_payload_ = payload_left_ > 0;
    mask_ = turned(mask_, count);
    if (control()) return read_control(as_text(chunk));
    return message_deflated_ ? read_deflated(as_text(chunk)) : read_data(as_text(chunk));
}

std::optional<FrameEvent> FrameReader::read_data(std::string_view chunk) {
    const bool complete = !in_payload_ && final();
    // Text is checked as it arrives: invalid text is refused before the rest is waited for.
    if (message_opcode_ == Opcode::text) {
        if (!text_.feed(chunk) || (complete && !text_.complete())) return stop(not_utf8);
    }
    if (complete && (!gathered_ || gathered_->message.empty())) {
        return Message{std::exchange(message_opcode_, Opcode::continuation), chunk};
    }
    if (!chunk.empty()) {
        auto& message = gathered().message;
        // Only a final frame determines the size of the whole message.
        const std::uint64_t whole = message.size() + chunk.size() + payload_left_;
        append(message, chunk, final() ? whole : limits_.max_message_bytes);
    }
    if (!complete) return std::nullopt;
    return finished_message();
}

std::optional<FrameEvent> FrameReader::read_deflated(std::string_view chunk) {
    if (const auto refusal = inflate(chunk)) return stop(*refusal);
    if (in_payload_ || !final()) return std::nullopt;
    if (const auto refusal = finish_inflating()) return stop(*refusal);
    return finished_message();
}

/// Inflates piece by piece, so that of a message that is too large no more than the limit is
/// inflated.
std::optional<ProtocolError> FrameReader::inflate(std::string_view chunk) {
    auto& [message, control, inflater] = gathered();
    if (!inflater) inflater.emplace();
    std::array<char, 4096> room;
    while (true) {
        const auto [octets, corrupt] = inflater->next(chunk, room);
        const std::uint64_t left = limits_.max_message_bytes - message.size();
        const auto taken = octets.substr(0, std::min<std::uint64_t>(left, octets.size()));
        if (message_opcode_ == Opcode::text && !text_.feed(taken)) return not_utf8;
        if (taken.size() < octets.size()) return too_big;
        append(message, taken, limits_.max_message_bytes);
        if (corrupt) return not_deflate;
        if (octets.size() < room.size()) return std::nullopt;
    }
}

std::optional<ProtocolError> FrameReader::finish_inflating() {
    const auto& inflater = gathered_->inflater;
    if (!inflater->ended()) {
        if (const auto refusal = inflate(Inflater::tail)) return refusal;
    }
    if (!inflater->complete()) return not_deflate;
    if (message_opcode_ == Opcode::text && !text_.complete()) return not_utf8;
    return std::nullopt;
}

// Returns the message that was gathered.
Message FrameReader::finished_message() {
    message_delivered_ = true;
    // So that a handler that pauses now keeps only the message in memory.
    gathered_->inflater.reset();
    return {std::exchange(message_opcode_, Opcode::continuation), as_text(gathered_->message)};
}

std::optional<FrameEvent> FrameReader::read_control(std::string_view chunk) {
    auto payload = chunk;
    if (in_payload_ || (gathered_ && !gathered_->control.empty())) {
        auto& control = gathered().control;
        append(control, chunk, control.size() + chunk.size() + payload_left_);
        if (in_payload_) return std::nullopt;
        control_delivered_ = true;
        payload = as_text(control);
    }
    if (opcode() == Opcode::ping) return Ping{payload};
    if (opcode() == Opcode::pong) return Pong{payload};
    return stop(parse_close(payload));
}

FrameEvent FrameReader::stop(FrameEvent last) {
    stopped_ = true;
    in_payload_ = false;
    header_filled_ = 0;
    message_opcode_ = Opcode::continuation;
    // A close reason may point into the gathered control frame.
    message_delivered_ = control_delivered_ = gathered_ != nullptr;
    return last;
}

void FrameReader::release_delivered() noexcept {
    if (!message_delivered_ && !control_delivered_) return;
    auto& [message, control, inflater] = *gathered_;
    if (std::exchange(message_delivered_, false)) {
        message = {};
        inflater.reset();
    }
    if (std::exchange(control_delivered_, false)) control = {};
    if (message.empty() && control.empty() && !inflater) gathered_.reset();
}

FrameReader::Gathered& FrameReader::gathered() {
    if (!gathered_) gathered_.reset(new Gathered);
    return *gathered_;
}

bool is_valid_close_code(std::uint16_t code) noexcept {
    // 1004 is reserved; 1005, 1006 and 1015 only stand for closes that were not sent.
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

FrameHeader frame_header(Opcode opcode, std::size_t payload_size, bool rsv1) noexcept {
    FrameHeader header{};
    std::size_t length_octets = 0;
    std::uint8_t length = length_64;
    if (payload_size < length_16) {
        length = static_cast<std::uint8_t>(payload_size);
    } else if (payload_size <= 0xFFFF) {
        length = length_16;
        length_octets = 2;
    } else {
        length_octets = 8;
    }
    const unsigned rsv1_bit = rsv1 ? 0x40U : 0U;
    header.octets[0] = static_cast<char>(0x80U | rsv1_bit | static_cast<unsigned>(opcode));
    header.octets[1] = static_cast<char>(length);
    for (std::size_t i = 0; i < length_octets; ++i) {
        header.octets[2 + i] = static_cast<char>(payload_size >> 8 * (length_octets - 1 - i));
    }
    header.size = static_cast<std::uint8_t>(2 + length_octets);
    return header;
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload, bool rsv1) {
    assert(opcode < Opcode::close || payload.size() <= control_payload_bytes_max);
    out += frame_header(opcode, payload.size(), rsv1).view();
    out += payload;
}

void append_message(std::string& out,
                    Opcode opcode,
                    std::string_view payload,
                    const DeflateOptions& options) {
    if (payload.size() >= options.threshold_bytes) {
        if (const auto smaller = deflated(payload, options.window_bits)) {
            return append_frame(out, opcode, *smaller, true);
        }
    }
    append_frame(out, opcode, payload);
}

std::string make_frame(Opcode opcode, std::string_view payload, bool rsv1) {
    std::string frame;
    const auto header = frame_header(opcode, payload.size(), rsv1);
    frame.reserve(header.size + payload.size());
    append_frame(frame, opcode, payload, rsv1);
    return frame;
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
    std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code)};
    payload += utf8_prefix(reason, close_reason_bytes_max);
    return make_frame(Opcode::close, payload);
}

void append_masked_frame(std::string& out,
                         Opcode opcode,
                         std::string_view payload,
                         MaskKey mask,
                         bool final,
                         bool rsv1) {
    auto header = frame_header(opcode, payload.size(), rsv1);
    if (!final) header.octets[0] = static_cast<char>(header.octets[0] & 0x7F);
    header.octets[1] = static_cast<char>(static_cast<std::uint8_t>(header.octets[1]) | mask_bit);
    std::copy(mask.begin(), mask.end(), header.octets.begin() + header.size);
    header.size = static_cast<std::uint8_t>(header.size + mask.size());
    out += header.view();
    const std::size_t start = out.size();
    out += payload;
    apply_mask({reinterpret_cast<std::uint8_t*>(out.data()) + start, payload.size()}, mask);
}

void apply_mask(std::span<std::uint8_t> octets, MaskKey mask) noexcept {
    std::uint32_t half = 0;
    std::memcpy(&half, mask.data(), sizeof half);
    const std::uint64_t key = std::uint64_t{half} << 32U | half;
    std::size_t at = 0;
    for (; at + 8 <= octets.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, octets.data() + at, sizeof word);
        word ^= key;
        std::memcpy(octets.data() + at, &word, sizeof word);
    }
    for (; at < octets.size(); ++at) octets[at] ^= mask[at % 4];
}

}  // namespace rotacast::net

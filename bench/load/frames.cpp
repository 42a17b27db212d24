#include "load/frames.hpp"

#include <stdexcept>

namespace rotacast::bench {

namespace {

/// Size of the whole header, as far as the bytes so far determine it.
std::size_t header_size(std::string_view header) {
    if (header.size() < 2) return 2;
    const unsigned length = static_cast<unsigned char>(header[1]) & 0x7fU;
    return length == 127 ? 10 : length == 126 ? 4 : 2;
}

}  // namespace

std::string client_frame(Opcode opcode, std::string_view payload) {
    std::string frame;
    frame.push_back(static_cast<char>(0x80U | static_cast<unsigned>(opcode)));
    if (payload.size() < 126) {
        frame.push_back(static_cast<char>(0x80U | payload.size()));
    } else {
        frame.push_back(static_cast<char>(0x80U | 126U));
        frame.push_back(static_cast<char>(payload.size() >> 8U));
        frame.push_back(static_cast<char>(payload.size() & 0xffU));
    }
    frame.append(4, '\0');
    frame.append(payload);
    return frame;
}

bool FrameScanner::take_header(std::string_view& bytes) {
    while (header_.size() < header_size(header_)) {
        if (bytes.empty()) return false;
        header_.push_back(bytes.front());
        bytes.remove_prefix(1);
    }
    const auto first = static_cast<unsigned char>(header_[0]);
    const auto second = static_cast<unsigned char>(header_[1]);
    if ((second & 0x80U) != 0) throw std::runtime_error("a server frame is masked");
    if ((first & 0x80U) == 0) throw std::runtime_error("a server frame is fragmented");

    opcode_ = static_cast<Opcode>(first & 0x0fU);
    compressed_ = (first & 0x40U) != 0;
    payload_bytes_ = second & 0x7fU;
    if (header_.size() > 2) {
        payload_bytes_ = 0;
        for (std::size_t i = 2; i < header_.size(); ++i) {
            payload_bytes_ = payload_bytes_ << 8U | static_cast<unsigned char>(header_[i]);
        }
    }
    remaining_ = payload_bytes_;
    header_bytes_ = static_cast<std::uint8_t>(header_.size());
    header_.clear();
    in_payload_ = true;
    return true;
}

}  // namespace rotacast::bench

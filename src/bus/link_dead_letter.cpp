#include "bus/chain.hpp"

namespace rotacast::bus {
namespace {

/// At most `bytes` long, not ending within a character of UTF-8.
std::string cut(std::string text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
    text.resize(bytes);
    return text;
}

}  // namespace

void note_failure(Delivery& delivery, const Failure& failure, Timestamp now) {
    delivery.failure.name = cut(failure.name, failure_name_bytes_max);
    delivery.failure.message = cut(failure.message, failure_message_bytes_max);
    if (!delivery.first_failure) delivery.first_failure = now;
    delivery.last_failure = now;
}

void dead_letter(Delivery& delivery) {
    delivery.state = DeliveryState::dead;
    delivery.suspect = false;
    delivery.replay = 0;
}

}  // namespace rotacast::bus

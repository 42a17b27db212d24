// The reader of Redis' replies with arbitrary bytes of a server. Byte 0 chooses how the rest is
// split (low seven bits) and the limits (top bit).
//
// Holds for every input: replies and refusal are the same however the stream is split; no reply
// exceeds the limits; nothing is buffered beyond the limit; after a refusal there are no replies.

#include "redis/reply_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace rotacast::redis;

void require(bool holds) {
    if (!holds) std::abort();
}

std::size_t elements_of(const Reply& reply) {
    std::size_t count = 1;
    if (const auto* array = reply.array())
        for (const auto& element : *array) count += elements_of(element);
    return count;
}

void append(std::string& out, const Reply& reply) {
    out += kind_of(reply);
    if (const auto* text = reply.text()) out += std::to_string(text->size()) + ':' + *text;
    if (const auto* error = reply.error()) out += error->text;
    if (const auto* number = reply.integer()) out += std::to_string(*number);
    if (const auto* array = reply.array()) {
        out += std::to_string(array->size()) + '[';
        for (const auto& element : *array) append(out, element);
        out += ']';
    }
    out += '\n';
}

/// The replies from one way of splitting, as text.
std::string read_in_pieces(std::string_view stream, const ReplyLimits& limits, std::size_t piece) {
    constexpr std::size_t slack = 16 * 1024;  // what is fed at once
    ReplyReader reader(limits);
    std::string out;
    bool is_refused = false;
    while (!stream.empty()) {
        const auto why = reader.read(stream.substr(0, piece), [&](const Reply& reply) {
            require(!is_refused);
            require(elements_of(reply) <= limits.elements_max);
            append(out, reply);
        });
        require(why || !is_refused);
        is_refused = why.has_value();
        require(is_refused || reader.buffered_bytes() <= limits.bytes_max + slack);
        stream.remove_prefix(std::min(piece, stream.size()));
    }
    return out + (is_refused ? "refused" : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view stream(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto limits = (data[0] & 0x80U) != 0 ? ReplyLimits{} : ReplyLimits{200, 20};
    const std::size_t piece = 1U + (data[0] & 0x7FU);
    const auto whole = read_in_pieces(stream, limits, stream.size());
    require(read_in_pieces(stream, limits, piece) == whole);
    require(read_in_pieces(stream, limits, 1) == whole);
    return 0;
}

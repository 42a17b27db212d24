#include "load/inflater.hpp"

#include <array>
#include <stdexcept>

namespace rotacast::bench {

namespace {

constexpr int raw_window_bits = -15;  // no zlib header; the largest window decodes any smaller one
/// The bytes that the sender removes from the end of each message (RFC 7692 §7.2.1).
constexpr std::string_view message_end("\x00\x00\xff\xff", 4);

}  // namespace

Inflater::Inflater() {
    if (inflateInit2(&stream_, raw_window_bits) != Z_OK) throw std::runtime_error("inflateInit2");
}

Inflater::~Inflater() {
    inflateEnd(&stream_);
}

std::string_view Inflater::inflate(std::string_view message) {
    output_.clear();
    feed(message);
    feed(message_end);
    return output_;
}

void Inflater::feed(std::string_view bytes) {
    std::array<Bytef, 4096> buffer{};
    // zlib does not write through next_in.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
        stream_.next_out = buffer.data();
        stream_.avail_out = static_cast<uInt>(buffer.size());
        const int result = ::inflate(&stream_, Z_SYNC_FLUSH);
        if (result != Z_OK && result != Z_BUF_ERROR) {
            throw std::runtime_error("a compressed message does not inflate");
        }
        output_.append(reinterpret_cast<const char*>(buffer.data()),
                       buffer.size() - stream_.avail_out);
    } while (stream_.avail_in > 0 || stream_.avail_out == 0);
}

}  // namespace rotacast::bench

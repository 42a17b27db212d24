#include "net/deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <limits>
#include <new>
#include <vector>

namespace rotacast::net {
namespace {

// Every message starts with a reset, which clears zlib's hash table: one of 2^12 entries is cleared
// faster than the default of 2^15, takes 100 KB less, and finds as much in messages of our size.
constexpr int memory_level = 5;

// An output buffer larger than this is not kept.
constexpr std::size_t kept_bytes_max = 256 * 1024;

std::atomic<std::uint64_t> messages{0};

// zlib does not modify its input, but its interface is const only with ZLIB_CONST.
Bytef* readable(std::string_view octets) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
}

uInt portion(std::size_t size) {
    return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

class Deflater {
  public:
    explicit Deflater(std::uint8_t window_bits) {
        // Negative: raw DEFLATE without header or checksum.
        if (deflateInit2(&stream_,
                         Z_DEFAULT_COMPRESSION,
                         Z_DEFLATED,
                         -int{window_bits},
                         memory_level,
                         Z_DEFAULT_STRATEGY) != Z_OK) {
            throw std::bad_alloc();
        }
    }
    ~Deflater() { deflateEnd(&stream_); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    std::optional<std::string_view> run(std::string_view payload);

  private:
    void make_room(std::size_t size);

    z_stream stream_{};
    std::vector<char> out_;
};

// A result larger than the payload is useless, so the room is the payload's size plus the tail.
std::optional<std::string_view> Deflater::run(std::string_view payload) {
    const std::size_t room = payload.size() + Inflater::tail.size();
    if (room > std::numeric_limits<uInt>::max()) return std::nullopt;
    make_room(room);
    deflateReset(&stream_);
    stream_.next_in = readable(payload);
    stream_.avail_in = static_cast<uInt>(payload.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
    stream_.avail_out = static_cast<uInt>(room);
    deflate(&stream_, Z_SYNC_FLUSH);
    if (stream_.avail_out == 0) return std::nullopt;
    // A sync flush ends in an empty stored block, whose last four octets §7.2.1 leaves out.
    return std::string_view(out_.data(), room - stream_.avail_out - Inflater::tail.size());
}

void Deflater::make_room(std::size_t size) {
    if (out_.size() > kept_bytes_max && size <= kept_bytes_max) out_ = {};
    if (out_.size() < size) out_.resize(size);
}

}  // namespace

std::optional<std::string_view> deflated(std::string_view payload, std::uint8_t window_bits) {
    assert(window_bits >= deflate_window_bits_min && window_bits <= deflate_window_bits_max);
    thread_local std::array<std::unique_ptr<Deflater>, deflate_window_bits_max + 1> deflaters;
    auto& deflater = deflaters.at(window_bits);
    if (!deflater) deflater = std::make_unique<Deflater>(window_bits);
    messages.fetch_add(1, std::memory_order_relaxed);
    return deflater->run(payload);
}

std::uint64_t deflated_messages() noexcept {
    return messages.load(std::memory_order_relaxed);
}

// ----------------------------------------------------------------------------------- inflating

struct Inflater::State {
    State() {
        if (inflateInit2(&stream, -int{deflate_window_bits_max}) != Z_OK) throw std::bad_alloc();
    }
    ~State() { inflateEnd(&stream); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    z_stream stream{};
};

Inflater::Inflater() : state_(std::make_unique<State>()) {}
Inflater::~Inflater() = default;

Inflater::Piece Inflater::next(std::string_view& input, std::span<char> room) {
    assert(!room.empty());
    z_stream& stream = state_->stream;
    const uInt space = portion(room.size());
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = space;
    int status = Z_OK;
    do {
        const uInt given = portion(input.size());
        stream.next_in = readable(input);
        stream.avail_in = given;
        if (given > 0) ended_ = false;
        status = inflate(&stream, Z_SYNC_FLUSH);
        input.remove_prefix(given - stream.avail_in);
        if (status == Z_MEM_ERROR) throw std::bad_alloc();
        if (status == Z_STREAM_END) {
            // Anything after the last block is a new DEFLATE stream.
            inflateReset(&stream);
            ended_ = true;
        }
    } while ((status == Z_OK || status == Z_STREAM_END) && !input.empty() && stream.avail_out > 0);
    const bool corrupt = status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR;
    return {{room.data(), space - stream.avail_out}, corrupt};
}

bool Inflater::complete() const noexcept {
    // inflate() in zlib.h: data_type has 128 at the end of a block, plus the number of unused bits
    // in the last octet.
    constexpr int behind_block = 128;
    constexpr int bits_left = 63;
    const int where = state_->stream.data_type;
    return ended_ || ((where & behind_block) != 0 && (where & bits_left) == 0);
}

}  // namespace rotacast::net

#include "http/content_encoding.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace rotacast::http {
namespace {

/// The largest window, and a gzip header and trailer, which zlib checks.
constexpr int gzip_window_bits = 15 + 16;

/// RFC 1952 §2.3.1: the last four octets hold the size modulo 2^32.
constexpr std::size_t size_field_bytes = 4;
constexpr std::size_t first_room_bytes = 16 * 1024;
/// DEFLATE cannot do better: 258 octets for 2 bits.
constexpr std::uint64_t ratio_max = 1'032;

enum class Encoding { none, gzip, unsupported };

bool is_gzip(std::string_view coding) {
    return boost::beast::iequals(coding, "gzip") || boost::beast::iequals(coding, "x-gzip");
}

Encoding encoding_of(const Request& request) {
    auto found = Encoding::none;
    const auto [first, last] = request.equal_range(http::field::content_encoding);
    for (auto line = first; line != last; ++line) {
        const beast::http::opt_token_list codings(line->value());
        if (!beast::http::validate_list(codings)) return Encoding::unsupported;
        for (const auto coding : codings) {
            if (boost::beast::iequals(coding, "identity")) continue;
            if (found != Encoding::none || !is_gzip(coding)) return Encoding::unsupported;
            found = Encoding::gzip;
        }
    }
    return found;
}

/// How much room to begin with: what the body announces, if that can be true.
std::size_t first_room(std::string_view octets, std::uint64_t bytes_max) {
    std::uint64_t announced = 0;
    if (octets.size() > size_field_bytes)
        for (std::size_t i = 1; i <= size_field_bytes; ++i)
            announced = announced << 8U | static_cast<std::uint8_t>(octets[octets.size() - i]);
    const auto possible = std::min<std::uint64_t>(bytes_max, octets.size() * ratio_max);
    return static_cast<std::size_t>(
        std::min(possible, std::max<std::uint64_t>(announced, first_room_bytes)));
}

class GzipInflater {
  public:
    explicit GzipInflater(std::string_view octets) {
        if (inflateInit2(&stream_, gzip_window_bits) != Z_OK) throw std::bad_alloc();
        // zlib does not modify its input, but its interface is const only with ZLIB_CONST.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
        stream_.avail_in = static_cast<uInt>(octets.size());
    }
    ~GzipInflater() { inflateEnd(&stream_); }
    GzipInflater(const GzipInflater&) = delete;
    GzipInflater& operator=(const GzipInflater&) = delete;

    /// Continues after `size` octets of `to`, and adds to `size`. Z_STREAM_END: all members are
    /// read.
    int fill(std::string& to, std::size_t& size) {
        stream_.next_out = reinterpret_cast<Bytef*>(to.data() + size);
        stream_.avail_out = static_cast<uInt>(to.size() - size);
        int status = Z_OK;
        do {
            status = inflate(&stream_, Z_NO_FLUSH);
            if (status == Z_STREAM_END && stream_.avail_in > 0) status = inflateReset(&stream_);
        } while (status == Z_OK && stream_.avail_in > 0 && stream_.avail_out > 0);
        if (status == Z_MEM_ERROR) throw std::bad_alloc();
        size = to.size() - stream_.avail_out;
        return status;
    }

    bool is_full() const { return stream_.avail_out == 0; }

  private:
    z_stream stream_{};
};

Response refused_encoding() {
    auto response = error_response({ErrorCode::unsupported_media_type,
                                    "A body may be encoded with gzip, once, and with nothing else.",
                                    ""});
    response.set(http::field::accept_encoding, "gzip");
    return response;
}

Response refused_body(const char* message) {
    return error_response({ErrorCode::bad_request, message, ""});
}

}  // namespace

Inflated inflate_gzip(std::string_view octets, std::uint64_t bytes_max, std::string& to) {
    constexpr std::uint64_t zlib_max = std::numeric_limits<uInt>::max();
    if (octets.size() > zlib_max) return Inflated::too_large;
    // One octet more than may be: whoever fills it has inflated too much.
    const auto room_max = static_cast<std::size_t>(std::min(bytes_max, zlib_max - 1) + 1);
    GzipInflater inflater(octets);
    std::size_t size = 0;
    to.resize(std::min(first_room(octets, bytes_max) + 1, room_max));
    for (;;) {
        const int status = inflater.fill(to, size);
        if (size == room_max) return Inflated::too_large;
        if (status == Z_STREAM_END) break;
        if (status != Z_OK && status != Z_BUF_ERROR) return Inflated::corrupt;
        if (!inflater.is_full()) return Inflated::truncated;
        to.resize(std::min(to.size() * 2, room_max));
    }
    to.resize(size);
    return Inflated::whole;
}

std::optional<Response> check_content_encoding(const Request& request) {
    if (encoding_of(request) != Encoding::unsupported) return std::nullopt;
    return refused_encoding();
}

std::optional<Response> decode_content(Request& request, std::uint64_t bytes_max) {
    if (encoding_of(request) != Encoding::gzip) return std::nullopt;
    std::string inflated;
    switch (inflate_gzip(request.body(), bytes_max, inflated)) {
        case Inflated::whole: break;
        case Inflated::corrupt: return refused_body("The body is not gzip.");
        case Inflated::truncated: return refused_body("The gzip of the body is cut off.");
        case Inflated::too_large: return body_too_large(bytes_max);
    }
    request.body() = std::move(inflated);
    request.erase(http::field::content_encoding);
    return std::nullopt;
}

}  // namespace rotacast::http

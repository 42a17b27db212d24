#include "net/address_policy.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace rotacast::net {
namespace {

namespace ip = boost::asio::ip;

struct V4Block {
    std::uint32_t first;
    int prefix;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return a << 24 | b << 16 | c << 8 | d;
}

constexpr std::array not_public_v4{
    V4Block{v4(0, 0, 0, 0), 8},        // this network, RFC 791
    V4Block{v4(10, 0, 0, 0), 8},       // private, RFC 1918
    V4Block{v4(100, 64, 0, 0), 10},    // carrier-grade NAT, RFC 6598
    V4Block{v4(127, 0, 0, 0), 8},      // loopback, RFC 1122
    V4Block{v4(169, 254, 0, 0), 16},   // link-local, RFC 3927; clouds keep their metadata there
    V4Block{v4(172, 16, 0, 0), 12},    // private, RFC 1918
    V4Block{v4(192, 0, 0, 0), 24},     // IETF protocol assignments, RFC 6890
    V4Block{v4(192, 0, 2, 0), 24},     // documentation, RFC 5737
    V4Block{v4(192, 88, 99, 0), 24},   // 6to4 relays, RFC 7526
    V4Block{v4(192, 168, 0, 0), 16},   // private, RFC 1918
    V4Block{v4(198, 18, 0, 0), 15},    // benchmarking, RFC 2544
    V4Block{v4(198, 51, 100, 0), 24},  // documentation, RFC 5737
    V4Block{v4(203, 0, 113, 0), 24},   // documentation, RFC 5737
    V4Block{v4(224, 0, 0, 0), 4},      // multicast, RFC 5771
    V4Block{v4(240, 0, 0, 0), 4},      // reserved, RFC 1112, and broadcast, RFC 919
};

bool is_public_v4(std::uint32_t address) {
    return std::ranges::none_of(not_public_v4, [address](const V4Block& block) {
        return (address ^ block.first) >> (32 - block.prefix) == 0;
    });
}

struct V6Block {
    ip::address_v6::bytes_type first;
    int prefix;
};

bool is_in(const ip::address_v6::bytes_type& address, const V6Block& block) {
    const auto whole = static_cast<std::size_t>(block.prefix / 8);
    if (!std::equal(address.begin(), address.begin() + block.prefix / 8, block.first.begin()))
        return false;
    const int rest = block.prefix % 8;
    return rest == 0 || (address[whole] ^ block.first[whole]) >> (8 - rest) == 0;
}

constexpr V6Block mapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};  // RFC 4291 §2.5.5.2
constexpr V6Block nat64{{0, 0x64, 0xff, 0x9b}, 96};                        // RFC 6052
constexpr V6Block six_to_four{{0x20, 0x02}, 16};                           // RFC 3056

// The only unicast addresses assigned for public use; others (loopback, link-local, unique local,
// multicast, the local NAT64 of RFC 8215, …) need no entries of their own.
constexpr V6Block global_unicast{{0x20}, 3};  // RFC 4291 §2.4

constexpr std::array not_public_v6{
    V6Block{{0x20, 0x01}, 23},              // IETF protocol assignments (Teredo, benchmarking, …)
    V6Block{{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation, RFC 3849
    V6Block{{0x3f, 0xff}, 20},              // documentation, RFC 9637
};

std::uint32_t v4_at(const ip::address_v6::bytes_type& bytes, std::size_t at) {
    return v4(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

bool is_public_v6(const ip::address_v6::bytes_type& bytes) {
    if (is_in(bytes, mapped) || is_in(bytes, nat64)) return is_public_v4(v4_at(bytes, 12));
    if (is_in(bytes, six_to_four)) return is_public_v4(v4_at(bytes, 2));
    return is_in(bytes, global_unicast) &&
           std::ranges::none_of(not_public_v6,
                                [&](const V6Block& block) { return is_in(bytes, block); });
}

}  // namespace

bool is_public(const ip::address& address) {
    return address.is_v4() ? is_public_v4(address.to_v4().to_uint())
                           : is_public_v6(address.to_v6().to_bytes());
}

}  // namespace rotacast::net

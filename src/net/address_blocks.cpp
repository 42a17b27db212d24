#include "net/address_blocks.hpp"

#include <boost/asio/ip/network_v4.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>

namespace rotacast::net {
namespace {

namespace ip = boost::asio::ip;

constexpr unsigned bits_max = 128;
constexpr unsigned v4_bits_before = 96;  // prefix of a mapped IPv4 address

/// Returns the network of its first `prefix` bits, without a zone.
ip::network_v6 block_of(const ip::address& address, unsigned prefix) {
    const auto v6 = address.is_v6() ? ip::address_v6(address.to_v6().to_bytes())
                                    : ip::make_address_v6(ip::v4_mapped, address.to_v4());
    return {v6, static_cast<unsigned short>(prefix)};
}

Error no_block(const std::string& text) {
    return {ErrorCode::config_invalid,
            text + " is no address and no CIDR block such as 10.1.0.0/16 or fd00::/8",
            ""};
}

Error host_bits_set(const std::string& text, const ip::address& address, unsigned prefix) {
    const auto bits = static_cast<unsigned short>(prefix);
    const auto meant = address.is_v4()
                           ? ip::network_v4(address.to_v4(), bits).canonical().to_string()
                           : ip::network_v6(address.to_v6(), bits).canonical().to_string();
    return {ErrorCode::config_invalid,
            text + " is no CIDR block: host bits are set; write " + meant,
            ""};
}

}  // namespace

Result<AddressBlocks> AddressBlocks::parse(const std::vector<std::string>& texts) {
    AddressBlocks blocks;
    for (const auto& text : texts) {
        const auto slash = std::min(text.find('/'), text.size());
        boost::system::error_code error;
        const auto address = ip::make_address(text.substr(0, slash), error);
        if (error) return no_block(text);
        const unsigned before = address.is_v4() ? v4_bits_before : 0;
        unsigned prefix = bits_max - before;
        if (slash < text.size()) {
            const auto* end = text.data() + text.size();
            const auto [stop, failure] = std::from_chars(text.data() + slash + 1, end, prefix);
            if (failure != std::errc{} || stop != end || prefix > bits_max - before)
                return no_block(text);
        }
        const auto block = block_of(address, prefix + before);
        // Probably a typing error: it is unclear which part is meant.
        if (block != block.canonical()) return host_bits_set(text, address, prefix);
        blocks.blocks_.push_back(block);
    }
    return blocks;
}

bool AddressBlocks::contains(const ip::address& address) const {
    return std::ranges::any_of(blocks_, [&](const ip::network_v6& block) {
        return block_of(address, block.prefix_length()).canonical() == block;
    });
}

}  // namespace rotacast::net

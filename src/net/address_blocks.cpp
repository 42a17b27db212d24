#include "net/address_blocks.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>

namespace rotacast::net {
namespace {

namespace ip = boost::asio::ip;
using Bytes = ip::address_v6::bytes_type;

constexpr unsigned bits_max = 128;
constexpr unsigned v4_bits_before = 96;  // in front of a mapped IPv4 address

Bytes bytes_of(const ip::address& address) {
    if (address.is_v6()) return address.to_v6().to_bytes();
    return ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
}

bool bit(const Bytes& bytes, unsigned at) {
    return (bytes[at / 8] >> (7 - at % 8) & 1) != 0;
}

Error no_block(const std::string& text) {
    return {ErrorCode::config_invalid,
            text + " is no address and no CIDR block such as 10.1.0.0/16 or fd00::/8",
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
        const Block block{bytes_of(address), prefix + before};
        for (auto at = block.prefix; at < bits_max; ++at)
            if (bit(block.first, at)) return no_block(text);  // a slip: which part is meant?
        blocks.blocks_.push_back(block);
    }
    return blocks;
}

bool AddressBlocks::is_in(const Bytes& address, const Block& block) {
    for (unsigned at = 0; at < block.prefix; ++at)
        if (bit(address, at) != bit(block.first, at)) return false;
    return true;
}

bool AddressBlocks::contains(const ip::address& address) const {
    const auto bytes = bytes_of(address);
    return std::ranges::any_of(blocks_, [&](const Block& block) { return is_in(bytes, block); });
}

}  // namespace rotacast::net

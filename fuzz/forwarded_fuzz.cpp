// What proxies say about the sender, with arbitrary headers: four lines of the input are the values
// of Forwarded, X-Forwarded-For, -Proto and -Host, a fifth is what a client puts before the first
// two.
//
// Holds for every input: from a peer that is not trusted nothing counts. A host is one that can be
// in the header Host. If the search ends at an address that is not trusted, what stands to the left
// of it has no influence. Taken from either end, a list has the same bytes.

#include "http/field_value.hpp"
#include "http/forwarded.hpp"
#include "http/url.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace rotacast::http;

void require(bool holds) {
    if (!holds) std::abort();
}

std::string_view take_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

bool same(const Sender& one, const Sender& other) {
    return one.address == other.address && one.secure == other.secure && one.host == other.host &&
           one.contradictory == other.contradictory;
}

/// Whether the search through each list that is there ended before what is to its left.
bool ended(const Sender& sender, const TrustedProxies& trusted) {
    return !sender.contradictory && !trusted.addresses.contains(sender.address);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto blocks =
        rotacast::net::AddressBlocks::parse({"10.0.0.0/8", "fd00::/8"}).value();
    static const auto peer = boost::asio::ip::make_address("10.0.0.1");
    std::string_view text(reinterpret_cast<const char*>(data), size);
    const ForwardedTexts texts{.forwarded = take_line(text),
                               .x_for = take_line(text),
                               .x_proto = take_line(text),
                               .x_host = take_line(text)};
    const auto before = take_line(text);
    const auto with_before = [&](std::string_view list) {
        return list.empty() ? std::string() : std::string(before) + ", " + std::string(list);
    };
    const auto forwarded = with_before(texts.forwarded);
    const auto x_for = with_before(texts.x_for);

    const auto stranger = sender_of(peer, {}, texts);
    require(same(stranger, Sender{peer}));
    for (const auto headers :
         {ProxyHeaders::both, ProxyHeaders::forwarded, ProxyHeaders::x_forwarded}) {
        const TrustedProxies trusted{blocks, headers};
        const auto sender = sender_of(peer, trusted, texts);
        require(sender.host.empty() || is_host(sender.host));
        require(!sender.contradictory || sender.address == peer);
        if (!ended(sender, trusted)) continue;
        const ForwardedTexts forged{forwarded, x_for, texts.x_proto, texts.x_host};
        require(same(sender, sender_of(peer, trusted, forged)));
    }

    std::string_view list = texts.forwarded;
    while (!list.empty()) {
        const auto rest = list.size();
        const auto element = take_last(list, ',');
        require(list.size() < rest && element.size() <= rest);
    }
    return 0;
}

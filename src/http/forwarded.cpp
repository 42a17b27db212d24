#include "http/forwarded.hpp"

#include <boost/url/grammar/ci_string.hpp>

#include "http/field_value.hpp"
#include "http/url.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::http {
namespace {

namespace ip = boost::asio::ip;
using boost::urls::grammar::ci_is_equal;  // Beast's iequals reads a byte beyond the end

constexpr std::size_t node_bytes_max = 64;  // an IPv6 address and a port, or a chosen name

/// Whom a proxy got the request from, and how.
struct Hop {
    std::optional<ip::address> address = std::nullopt;  // nullopt: the proxy does not tell
    std::optional<bool> secure = std::nullopt;
    std::string host = {};
};

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// RFC 7239 §6.3.
bool is_obfuscated(std::string_view text) {
    return text.size() > 1 && text.front() == '_' && std::ranges::all_of(text, [](char c) {
               return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
           });
}

bool is_port(std::string_view text) {
    const bool number = !text.empty() && text.size() <= 5 &&
                        std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return number || is_obfuscated(text);
}

/// nullopt if it is none. An IPv4 address that is mapped (RFC 4291 §2.5.5.2) is that address.
std::optional<ip::address> address_in(std::string_view text) {
    // No zone (RFC 4007 §11), which means something only on the proxy's own machine; and no NUL, at
    // which Asio would take the text for ended.
    if (text.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos)
        return std::nullopt;
    boost::system::error_code error;
    const auto address = ip::make_address(text, error);
    if (error) return std::nullopt;
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

/// The address of a node (RFC 7239 §6), its port left out. Also takes IPv6 without brackets, which
/// is usual in X-Forwarded-For. The inner nullopt: unknown or obfuscated; the outer one: malformed.
std::optional<std::optional<ip::address>> node_address(std::string_view node) {
    if (node.size() > node_bytes_max) return std::nullopt;
    auto name = node;
    std::optional<std::string_view> port;
    const bool bracketed = node.starts_with('[');
    if (bracketed) {
        const auto end = node.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        name = node.substr(1, end - 1);
        const auto rest = node.substr(end + 1);
        if (!rest.empty() && rest.front() != ':') return std::nullopt;
        if (!rest.empty()) port = rest.substr(1);
    } else if (std::ranges::count(node, ':') == 1) {
        const auto colon = node.find(':');
        name = node.substr(0, colon);
        port = node.substr(colon + 1);
    }
    if (port && !is_port(*port)) return std::nullopt;
    if (!bracketed && (ci_is_equal(name, "unknown") || is_obfuscated(name)))
        return std::optional<ip::address>();
    const auto address = address_in(name);
    if (!address || (bracketed && name.find(':') == std::string_view::npos)) return std::nullopt;
    return address;
}

/// `wss` and `ws` are what Traefik writes for a WebSocket.
std::optional<bool> is_tls(std::string_view proto) {
    if (ci_is_equal(proto, "https") || ci_is_equal(proto, "wss")) return true;
    if (ci_is_equal(proto, "http") || ci_is_equal(proto, "ws")) return false;
    return std::nullopt;
}

/// Empty if the text is no host.
std::string host_in(std::string_view text) {
    return is_host(text) ? std::string(text) : std::string();
}

/// The values of one element, before they are interpreted.
struct ElementTexts {
    std::optional<std::string> node;
    std::optional<std::string> proto;
    std::optional<std::string> host;

    std::optional<std::string>* find(std::string_view name) {
        if (ci_is_equal(name, "for")) return &node;
        if (ci_is_equal(name, "proto")) return &proto;
        if (ci_is_equal(name, "host")) return &host;
        return nullptr;
    }
};

/// RFC 7239 §4, with blanks around semicolons. nullopt: malformed, or a parameter occurs twice.
std::optional<ElementTexts> texts_of(std::string_view element) {
    ElementTexts texts;
    while (!element.empty()) {
        auto value = take_first(element, ';');
        if (value.empty()) continue;
        const auto name = take_first(value, '=');
        auto text = unquoted(value);
        const bool named = !name.empty() && std::ranges::all_of(name, is_token_character);
        if (!named || !text) return std::nullopt;
        auto* known = texts.find(name);
        if (known == nullptr) continue;
        if (*known) return std::nullopt;
        *known = std::move(text);
    }
    return texts;
}

std::optional<Hop> hop_of(std::string_view element) {
    const auto texts = texts_of(element);
    if (!texts) return std::nullopt;
    Hop hop;
    if (texts->node) {
        const auto address = node_address(*texts->node);
        if (!address) return std::nullopt;
        hop.address = *address;
    }
    if (texts->proto) hop.secure = is_tls(*texts->proto);
    if (texts->host) hop.host = host_in(*texts->host);
    return hop;
}

Sender by_forwarded(const ip::address& peer,
                    const net::AddressBlocks& trusted,
                    std::string_view list) {
    Sender sender{peer};
    for (std::size_t hops = 0; hops < hops_max && !list.empty(); ++hops) {
        const auto element = take_last(list, ',');
        if (element.empty()) continue;  // RFC 9110 §5.6.1.2
        auto hop = hop_of(element);
        if (!hop) break;
        sender.secure = hop->secure;
        sender.host = std::move(hop->host);
        if (!hop->address) break;
        sender.address = *hop->address;
        if (!trusted.contains(sender.address)) break;
    }
    return sender;
}

/// The value at a place from the right, beginning with 1, or the leftmost. Empty if there is none.
std::string_view value_at(std::string_view list, std::size_t place) {
    std::string_view value;
    for (std::size_t taken = 0; taken < place && !list.empty();) {
        const auto next = take_last(list, ',');
        if (next.empty()) continue;
        value = next;
        ++taken;
    }
    return value;
}

Sender by_x_forwarded(const ip::address& peer,
                      const net::AddressBlocks& trusted,
                      const ForwardedTexts& texts) {
    Sender sender{peer};
    std::size_t place = 0;
    auto list = texts.x_for;
    for (std::size_t hops = 0; hops < hops_max && !list.empty(); ++hops) {
        const auto element = take_last(list, ',');
        if (element.empty()) continue;
        const auto address = node_address(element);
        if (!address) break;
        ++place;
        if (!*address) break;
        sender.address = **address;
        if (!trusted.contains(sender.address)) break;
    }
    place = std::max<std::size_t>(place, 1);  // a proxy may set the protocol alone
    sender.secure = is_tls(value_at(texts.x_proto, place));
    sender.host = host_in(value_at(texts.x_host, place));
    return sender;
}

bool contradict(const Sender& one, const Sender& other) {
    const bool protocols = one.secure && other.secure && *one.secure != *other.secure;
    const bool hosts =
        !one.host.empty() && !other.host.empty() && !ci_is_equal(one.host, other.host);
    return protocols || hosts;
}

}  // namespace

Sender sender_of(const ip::address& peer,
                 const TrustedProxies& trusted,
                 const ForwardedTexts& texts) {
    if (!trusted.addresses.contains(peer)) return {peer};
    const bool x_written = !texts.x_for.empty() || !texts.x_proto.empty() || !texts.x_host.empty();
    const bool reads_forwarded =
        trusted.headers != ProxyHeaders::x_forwarded && !texts.forwarded.empty();
    const bool reads_x = trusted.headers != ProxyHeaders::forwarded && x_written;
    if (!reads_forwarded)
        return reads_x ? by_x_forwarded(peer, trusted.addresses, texts) : Sender{peer};
    auto sender = by_forwarded(peer, trusted.addresses, texts.forwarded);
    if (!reads_x) return sender;
    auto other = by_x_forwarded(peer, trusted.addresses, texts);
    const bool same = texts.x_for.empty() || sender.address == other.address;
    if (!same || contradict(sender, other)) return {.address = peer, .contradictory = true};
    if (!sender.secure) sender.secure = other.secure;
    if (sender.host.empty()) sender.host = std::move(other.host);
    return sender;
}

}  // namespace rotacast::http

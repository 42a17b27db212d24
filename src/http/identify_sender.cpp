#include "http/identify_sender.hpp"

#include "base/log.hpp"
#include "http/told_addresses.hpp"
#include "net/address_policy.hpp"

#include <string>
#include <utility>

namespace rotacast::http {
namespace {

constexpr std::string_view x_forwarded_for = "X-Forwarded-For";

// Whoever has a public address and writes such a header is rather a client that tries.
void tell_of_unlisted(const RequestContext& context) {
    static ToldAddresses told;
    if (net::is_public(context.remote_address)) return;
    if (!context.header(x_forwarded_for) && !context.header(field::forwarded)) return;
    if (told.is_first(context.remote_address))
        log::warn(
            "a request from {} names its sender in X-Forwarded-For or Forwarded: if that is your "
            "proxy, list it in trusted_proxies, or all its users share the limits of one address",
            context.remote_address.to_string());
}

void tell_of_contradiction(const RequestContext& context) {
    static ToldAddresses told;
    if (told.is_first(context.remote_address))
        log::warn(
            "a request through the proxy at {} has Forwarded and X-Forwarded headers that "
            "contradict each other, so that none of them counts: let the proxy remove those that "
            "it does not write, or say in proxy_headers which it writes",
            context.remote_address.to_string());
}

// The proxy is trusted, and still all its users share the limits of its address.
void tell_of_other_kind(const RequestContext& context, ProxyHeaders counting) {
    static ToldAddresses told;
    const bool by_x = counting == ProxyHeaders::forwarded;
    if (told.is_first(context.remote_address))
        log::warn(
            "a request through the proxy at {} has {} and no {}, and proxy_headers says that only "
            "the latter counts: set proxy_headers to {}, or let the proxy write the other header",
            context.remote_address.to_string(),
            by_x ? "X-Forwarded-For" : "Forwarded",
            by_x ? "Forwarded" : "X-Forwarded-For",
            by_x ? "x_forwarded" : "forwarded");
}

bool is_only_other_kind(ProxyHeaders counting, bool has_forwarded, bool has_x_for) {
    return (counting == ProxyHeaders::forwarded && has_x_for && !has_forwarded) ||
           (counting == ProxyHeaders::x_forwarded && has_forwarded && !has_x_for);
}

}  // namespace

void identify_sender(RequestContext& context, const TrustedProxies& trusted) {
    if (!trusted.addresses.contains(context.remote_address)) return tell_of_unlisted(context);
    const auto forwarded = context.joined_header(field::forwarded, ",");
    const auto x_for = context.joined_header(x_forwarded_for, ",");
    const auto x_proto = context.joined_header("X-Forwarded-Proto", ",");
    const auto x_host = context.joined_header("X-Forwarded-Host", ",");
    auto sender =
        sender_of(context.remote_address,
                  trusted,
                  {.forwarded = forwarded, .x_for = x_for, .x_proto = x_proto, .x_host = x_host});
    if (is_only_other_kind(trusted.headers, !forwarded.empty(), !x_for.empty()))
        tell_of_other_kind(context, trusted.headers);
    if (sender.contradictory) tell_of_contradiction(context);
    context.remote_address = sender.address;
    context.secure = sender.secure.value_or(context.secure);
    context.forwarded_host = std::move(sender.host);
}

}  // namespace rotacast::http

#include "http/identify_sender.hpp"

#include "base/log.hpp"
#include "net/address_policy.hpp"

#include <atomic>
#include <string>
#include <utility>

namespace rotacast::http {
namespace {

constexpr std::string_view x_forwarded_for = "X-Forwarded-For";

bool is_first(std::atomic_flag& told) {
    return !told.test(std::memory_order_relaxed) && !told.test_and_set(std::memory_order_relaxed);
}

// Whoever has a public address and writes such a header is rather a client that tries.
void tell_of_unlisted(const RequestContext& context) {
    static std::atomic_flag told;
    if (told.test(std::memory_order_relaxed) || net::is_public(context.remote_address)) return;
    if (!context.header(x_forwarded_for) && !context.header(field::forwarded)) return;
    if (is_first(told))
        log::warn(
            "a request from {} names its sender in X-Forwarded-For or Forwarded: if that is your "
            "proxy, list it in trusted_proxies, or all its users share the limits of one address",
            context.remote_address.to_string());
}

void tell_of_contradiction(const RequestContext& context) {
    static std::atomic_flag told;
    if (is_first(told))
        log::warn(
            "a request through the proxy at {} has Forwarded and X-Forwarded headers that "
            "contradict each other, so that none of them counts: let the proxy remove those that "
            "it does not write, or say in proxy_headers which it writes",
            context.remote_address.to_string());
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
    if (sender.contradictory) tell_of_contradiction(context);
    context.remote_address = sender.address;
    context.secure = sender.secure.value_or(context.secure);
    context.forwarded_host = std::move(sender.host);
}

}  // namespace rotacast::http

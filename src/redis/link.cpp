#include "redis/link.hpp"

#include "net/client_tls.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/error.hpp>

namespace rotacast::redis {
namespace {

using asio::ip::tcp;

Refusal refused_link(RefusalKind kind, const Address& address, const std::string& what) {
    return refusal(kind, "Redis at " + to_string(address) + what);
}

std::string advice_for(net::TlsTrouble trouble) {
    using enum net::TlsTrouble;
    switch (trouble) {
        case unknown_authority: return "; name that authority's certificate with redis.ca_file";
        case other_name: return "; use a name that the certificate has in redis.url";
        case expired: return "; Redis needs a renewed one";
        case not_yet_valid: return "; check the clock of this machine";
        case no_tls: return "; if it has no TLS, write redis:// instead of rediss://";
        case none: break;
    }
    return "";
}

}  // namespace

void Link::close() {
    is_closed_ = true;
    error_code ignored;
    socket_.close(ignored);
}

asio::awaitable<std::optional<Refusal>> Link::connect(Address address) {
    tcp::resolver resolver(socket_.get_executor());
    const auto [unresolved, endpoints] =
        co_await resolver.async_resolve(address.host, std::to_string(address.port), net::as_result);
    if (is_closed_) co_return refusal(RefusalKind::closed);
    if (unresolved)
        co_return refused_link(RefusalKind::name_unresolved, address, " cannot be found");
    const auto [unreached, endpoint] =
        co_await asio::async_connect(socket_, endpoints, net::as_result);
    if (is_closed_) co_return refusal(RefusalKind::closed);
    if (unreached == asio::error::connection_refused)
        co_return refused_link(RefusalKind::unreachable, address, " refuses connections");
    if (unreached) co_return refused_link(RefusalKind::unreachable, address, " cannot be reached");
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    auto why = std::optional<Refusal>();
    if (context_) why = co_await agree_on_tls(std::move(address));
    is_ready_ = !why;
    co_return why;
}

asio::awaitable<std::optional<Refusal>> Link::agree_on_tls(Address address) {
    tls_.emplace(socket_, *context_);
    tls_->set_verify_mode(asio::ssl::verify_peer);
    if (!net::expect_name(tls_->native_handle(), address.host))
        co_return refused_link(
            RefusalKind::tls_failed, address, ": no certificate can be for this name");
    const auto [failure] =
        co_await tls_->async_handshake(asio::ssl::stream_base::client, net::as_result);
    if (is_closed_) co_return refusal(RefusalKind::closed);
    if (!failure) co_return std::nullopt;
    const auto why = net::tls_failure(tls_->native_handle(), failure);
    co_return refused_link(
        RefusalKind::tls_failed, address, ": " + why.message + advice_for(why.trouble));
}

}  // namespace rotacast::redis

#include "redis/sentinel.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace rotacast::redis {
namespace {

/// An array of host and port.
std::optional<Address> address_in(const Reply& reply) {
    const auto* pair = reply.array();
    if (!pair || pair->size() != 2) return std::nullopt;
    const auto* host = (*pair)[0].text();
    const auto* digits = (*pair)[1].text();
    if (!host || !digits || host->empty()) return std::nullopt;
    std::uint16_t port = 0;
    const auto [end, error] =
        std::from_chars(digits->data(), digits->data() + digits->size(), port);
    if (error != std::errc{} || port == 0) return std::nullopt;
    return Address{*host, port};
}

Refusal sentinel_refusal(const Address& sentinel, const std::string& what) {
    return refusal(RefusalKind::no_primary_known,
                   "The sentinel at " + to_string(sentinel) + ' ' + what);
}

/// The sentence of its kind names the setting for the server's password.
Refusal with_setting_for_sentinels(Refusal why, const Address& sentinel) {
    using enum RefusalKind;
    if (why.kind == password_missing || why.kind == password_wrong || why.kind == password_unknown)
        why.message = "The sentinel at " + to_string(sentinel) + " wants " +
                      (why.kind == password_missing   ? "a password"
                       : why.kind == password_unknown ? "no password"
                                                      : "another password") +
                      ": see redis.sentinel_password_file.";
    return why;
}

}  // namespace

asio::awaitable<FoundAddress> ask_sentinel(ConnectionOptions sentinel, std::string primary_name) {
    const auto address = sentinel.address;
    auto opened = co_await Connection::open(std::move(sentinel));
    if (!opened) co_return with_setting_for_sentinels(opened.error(), address);
    Command question("SENTINEL", "get-master-addr-by-name", primary_name);
    const auto reply = co_await (*opened)->command(std::move(question));
    (*opened)->close();
    if (!reply) co_return sentinel_refusal(address, "did not answer");
    if (const auto* error = reply->error()) co_return refusal_of(*error);
    if (reply->is_nil()) co_return sentinel_refusal(address, "knows no such name");
    const auto primary = address_in(*reply);
    if (!primary) co_return sentinel_refusal(address, "answered something else than an address");
    co_return *primary;
}

asio::awaitable<Opened> Connector::open() {
    auto options = target_.connection;
    if (target_.primary_name.empty()) {
        options.address = target_.addresses.front();
    } else {
        auto primary = co_await find_primary();
        if (!primary) co_return primary.error();
        options.address = *primary;
    }
    co_return co_await Connection::open(std::move(options));
}

asio::awaitable<FoundAddress> Connector::find_primary() {
    const auto sentinels = target_.addresses;  // ask_first() changes the order
    std::string said;
    for (const auto& sentinel : sentinels) {
        auto primary = co_await ask_sentinel(sentinel_options(sentinel), target_.primary_name);
        if (primary) {
            ask_first(sentinel);
            co_return primary;
        }
        said += (said.empty() ? "" : " ") + primary.error().message;
    }
    co_return Refusal{RefusalKind::no_primary_known, std::move(said)};
}

ConnectionOptions Connector::sentinel_options(const Address& address) const {
    ConnectionOptions options;
    options.address = address;
    options.credentials = target_.sentinel_credentials;
    options.tls = target_.connection.tls;
    options.expected = Expected::sentinel;
    options.name = target_.connection.name;
    options.connect_timeout = target_.sentinel_timeout;
    options.answer_timeout = target_.sentinel_timeout;
    return options;
}

void Connector::ask_first(const Address& address) {
    const auto found = std::ranges::find(target_.addresses, address);
    if (found != target_.addresses.end()) std::rotate(target_.addresses.begin(), found, found + 1);
}

}  // namespace rotacast::redis

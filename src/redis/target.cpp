#include "redis/target.hpp"

#include "net/client_tls.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace rotacast::redis {
namespace {

Error wrong_setting(const std::string& key, const std::string& what) {
    return {ErrorCode::config_invalid, key + ' ' + what, key};
}

std::optional<Error> add_passwords(const config::Redis& settings, Target& target) {
    auto& password = target.connection.credentials.password;
    if (!settings.password_file.empty()) {
        if (!password.empty())
            return wrong_setting("redis.password_file",
                                 "and redis.url both give a password; keep one of them");
        auto read = config::read_password(settings.password_file, "redis.password_file");
        if (!read) return read.error();
        password = std::move(*read);
    }
    if (settings.sentinel_password_file.empty()) return std::nullopt;
    if (target.primary_name.empty())
        return wrong_setting("redis.sentinel_password_file",
                             "is of no use: redis.url names no sentinels");
    auto read =
        config::read_password(settings.sentinel_password_file, "redis.sentinel_password_file");
    if (!read) return read.error();
    target.sentinel_credentials.password = std::move(*read);
    return std::nullopt;
}

std::optional<Error> add_tls(const config::Redis& settings, bool tls, Target& target) {
    if (!tls) {
        if (settings.ca_file.empty()) return std::nullopt;
        return wrong_setting("redis.ca_file", "is of no use without rediss:// in redis.url");
    }
    target.connection.tls =
        settings.ca_file.empty() ? net::make_client_tls() : net::make_client_tls(settings.ca_file);
    if (target.connection.tls) return std::nullopt;
    return settings.ca_file.empty()
               ? wrong_setting("redis.ca_file",
                               "must be set: the system's certificates cannot be read")
               : wrong_setting("redis.ca_file",
                               "cannot be used: no PEM certificate in " + settings.ca_file);
}

}  // namespace

Result<ConfiguredTarget> target_of(const config::Redis& settings) {
    auto url = parse_url(settings.url);
    if (!url) return url.error();
    ConfiguredTarget out;
    out.shown = std::move(url->shown);
    auto& target = out.target;
    target.addresses = std::move(url->addresses);
    target.primary_name = std::move(url->primary_name);
    target.connection.credentials = std::move(url->credentials);
    target.connection.database = url->database;
    if (auto wrong = add_passwords(settings, target)) return *wrong;
    if (auto wrong = add_tls(settings, url->tls, target)) return *wrong;
    target.connection.connect_timeout = std::chrono::seconds(settings.connect_timeout_s);
    target.connection.answer_timeout = std::chrono::seconds(settings.answer_timeout_s);
    target.connection.idle_ping = std::chrono::seconds(settings.idle_ping_s);
    target.connection.reply.bytes_max = settings.answer_bytes_max;
    return out;
}

}  // namespace rotacast::redis

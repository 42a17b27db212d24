#include "redis/refusal.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace rotacast::redis {
namespace {

struct KindInfo {
    RefusalKind kind;
    std::string_view name;
    std::string_view code;  // the first word of the error reply; empty: none, or a general one
    Remedy remedy;
    std::string_view sentence;
};

constexpr std::string_view no_cluster =
    "This is a node of a Redis Cluster, which is not supported: use a single server, or one with "
    "Sentinel.";

constexpr auto kinds = [] {
    using enum RefusalKind;
    return std::array{
        KindInfo{
            password_missing,
            "password_missing",
            "NOAUTH",
            Remedy::give_up,
            "Redis wants a password: put it into the file named by redis.password_file, or into "
            "redis.url."},
        KindInfo{password_wrong,
                 "password_wrong",
                 "WRONGPASS",
                 Remedy::give_up,
                 "Redis knows no such user with this password, or has disabled the user: correct "
                 "redis.password_file or redis.url, or `ACL SETUSER` in Redis."},
        KindInfo{password_unknown,
                 "password_unknown",
                 "",
                 Remedy::give_up,
                 "A password is configured here, but Redis has none: remove it here, or set "
                 "`requirepass` in Redis."},
        KindInfo{
            not_permitted,
            "not_permitted",
            "NOPERM",
            Remedy::give_up,
            "The Redis user lacks a right: docs/redis.md has the `ACL SETUSER` line with all that "
            "are needed."},
        KindInfo{read_only,
                 "read_only",
                 "READONLY",
                 Remedy::reconnect,
                 "Redis is a replica, which takes no writes: name the primary in redis.url, or its "
                 "sentinels, so that a failover is followed."},
        KindInfo{moved, "moved", "MOVED", Remedy::give_up, no_cluster},
        KindInfo{moved, "moved", "ASK", Remedy::give_up, no_cluster},
        KindInfo{cluster_down, "cluster_down", "CLUSTERDOWN", Remedy::give_up, no_cluster},
        KindInfo{loading,
                 "loading",
                 "LOADING",
                 Remedy::wait,
                 "Redis has started and still reads its data from disk: nothing to do but wait."},
        KindInfo{
            out_of_memory,
            "out_of_memory",
            "OOM",
            Remedy::wait,
            "Redis has reached `maxmemory` and takes no more: raise it, keep `maxmemory-policy "
            "noeviction`, or shorten the retention."},
        KindInfo{
            cannot_persist,
            "cannot_persist",
            "MISCONF",
            Remedy::wait,
            "Redis cannot save to disk and therefore takes no writes: see its log, and free space "
            "or correct `dir`."},
        KindInfo{script_missing,
                 "script_missing",
                 "NOSCRIPT",
                 Remedy::wait,
                 "Redis has forgotten a script, which is sent again."},
        KindInfo{
            script_running,
            "script_running",
            "BUSY",
            Remedy::wait,
            "A script has been running in Redis for too long: if it is not one of ours, end it "
            "with `SCRIPT KILL`."},
        KindInfo{
            too_few_replicas,
            "too_few_replicas",
            "NOREPLICAS",
            Remedy::wait,
            "Redis has fewer good replicas than `min-replicas-to-write`: start them, or lower it."},
        KindInfo{
            primary_lost,
            "primary_lost",
            "MASTERDOWN",
            Remedy::reconnect,
            "Redis is a replica that has lost its primary: name the primary in redis.url, or its "
            "sentinels, so that a failover is followed."},
        KindInfo{unblocked,
                 "unblocked",
                 "UNBLOCKED",
                 Remedy::reconnect,
                 "Redis has changed its role, as in a failover."},
        KindInfo{unknown_command,
                 "unknown_command",
                 "",
                 Remedy::give_up,
                 "Redis does not know a command that is needed: use Redis 6.2 or newer, and do not "
                 "rename commands."},
        KindInfo{wrong_type,
                 "wrong_type",
                 "WRONGTYPE",
                 Remedy::give_up,
                 "A key of ours holds something else: another program uses the same names; choose "
                 "another redis.prefix or database."},
        KindInfo{no_such_database,
                 "no_such_database",
                 "",
                 Remedy::give_up,
                 "Redis has no database of this number: correct the end of redis.url, or raise "
                 "`databases` in Redis."},
        KindInfo{
            too_many_clients,
            "too_many_clients",
            "",
            Remedy::reconnect,
            "Redis has as many connections as it may: raise `maxclients`, or find out who holds "
            "them with `CLIENT LIST`."},
        KindInfo{
            protected_mode,
            "protected_mode",
            "DENIED",
            Remedy::give_up,
            "Redis is in protected mode and answers this machine only: set a password and `bind` "
            "in Redis."},
        KindInfo{other_error, "other_error", "", Remedy::wait, "Redis refused a command."},
        KindInfo{name_unresolved,
                 "name_unresolved",
                 "",
                 Remedy::reconnect,
                 "The name cannot be resolved: correct redis.url, or see to the name server."},
        KindInfo{unreachable,
                 "unreachable",
                 "",
                 Remedy::reconnect,
                 "Is Redis running there, and does a firewall let us through?"},
        KindInfo{tls_failed,
                 "tls_failed",
                 "",
                 Remedy::give_up,
                 "No connection is made without a certificate that can be trusted."},
        KindInfo{
            silent,
            "silent",
            "",
            Remedy::reconnect,
            "Redis does not answer; the connection is replaced. It may be overloaded, stopped or "
            "cut off."},
        KindInfo{broken, "broken", "", Remedy::reconnect, "The connection to Redis has ended."},
        KindInfo{not_redis,
                 "not_redis",
                 "",
                 Remedy::give_up,
                 "What answers does not speak the protocol of Redis: correct host and port in "
                 "redis.url."},
        KindInfo{reply_too_large,
                 "reply_too_large",
                 "",
                 Remedy::reconnect,
                 "Redis sent a larger answer than is taken; is the key used by another program?"},
        KindInfo{too_many_waiting,
                 "too_many_waiting",
                 "",
                 Remedy::wait,
                 "Too many commands wait for Redis to answer."},
        KindInfo{
            closed, "closed", "", Remedy::reconnect, "We have closed the connection to Redis."},
        KindInfo{too_old, "too_old", "", Remedy::give_up, "Redis 6.2 or newer is needed."},
        KindInfo{is_cluster, "is_cluster", "", Remedy::give_up, no_cluster},
        KindInfo{
            is_replica,
            "is_replica",
            "",
            Remedy::reconnect,
            "Redis is a replica there: name the primary in redis.url, or its sentinels, so that a "
            "failover is followed."},
        KindInfo{is_sentinel,
                 "is_sentinel",
                 "",
                 Remedy::give_up,
                 "That is a Sentinel: write redis+sentinel://HOST:PORT/NAME in redis.url."},
        KindInfo{not_sentinel,
                 "not_sentinel",
                 "",
                 Remedy::give_up,
                 "That is no Sentinel: name the sentinels in redis.url, not the servers."},
        KindInfo{
            no_primary_known,
            "no_primary_known",
            "",
            Remedy::reconnect,
            "No sentinel named a primary; are the sentinels running, and is the name in redis.url "
            "the one of their `sentinel monitor`?"},
    };
}();

const KindInfo& info_of(RefusalKind kind) {
    return *std::ranges::find(kinds, kind, &KindInfo::kind);
}

/// What follows within is repeated by nobody: Redis quotes arguments there.
std::string_view without_arguments(std::string_view text) {
    return text.substr(0, text.find(", with args beginning with"));
}

/// Error replies with the general code ERR that mean something particular.
RefusalKind kind_of_general(std::string_view text) {
    using enum RefusalKind;
    const auto has = [&](std::string_view part) { return text.find(part) != text.npos; };
    if (has("unknown command") || has("Unknown Redis command")) return unknown_command;
    if (has("without any password configured") || has("no password is set"))
        return password_unknown;
    if (has("invalid password")) return password_wrong;
    if (has("DB index is out of range") || has("invalid DB index")) return no_such_database;
    if (has("SELECT is not allowed in cluster mode")) return is_cluster;
    if (has("max number of clients")) return too_many_clients;
    if (has("ACL failure in script") || has("can't run this command or subcommand") ||
        has("can't publish to the channel"))
        return not_permitted;
    return other_error;
}

/// Until version 7 an error within a script was `ERR Error running script (…): …: -CODE sentence`.
std::string_view error_within_script(std::string_view text) {
    if (!text.starts_with("ERR Error running script")) return text;
    const auto dash = text.find(": -");
    return dash == text.npos ? text : text.substr(dash + 3);
}

/// Those whose text says which right, file or limit it is, and holds no argument.
bool says_more(RefusalKind kind) {
    using enum RefusalKind;
    return kind == not_permitted || kind == cannot_persist || kind == other_error ||
           kind == unknown_command;
}

constexpr std::size_t shown_bytes_max = 200;

std::string shown_text(std::string_view text) {
    std::string out(without_arguments(text).substr(0, shown_bytes_max));
    std::ranges::replace_if(
        out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    return out;
}

}  // namespace

std::string_view to_string(RefusalKind kind) {
    return info_of(kind).name;
}

Remedy remedy_for(RefusalKind kind) {
    return info_of(kind).remedy;
}

Refusal refusal(RefusalKind kind, std::string_view detail) {
    const auto sentence = info_of(kind).sentence;
    if (detail.empty()) return {kind, std::string(sentence)};
    return {kind,
            std::string(detail) + (detail.ends_with('.') ? " " : ". ") + std::string(sentence)};
}

Refusal refusal_of(const ErrorReply& error) {
    const auto text = error_within_script(error.text);
    const auto code = text.substr(0, text.find(' '));
    const auto found = std::ranges::find_if(
        kinds, [&](const KindInfo& info) { return !info.code.empty() && info.code == code; });
    const auto kind = found != kinds.end() ? found->kind : kind_of_general(text);
    return says_more(kind) ? refusal(kind, "Redis says: " + shown_text(text)) : refusal(kind);
}

Error to_error(const Refusal& refusal) {
    return {ErrorCode::unavailable, refusal.message, ""};
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
    throw std::runtime_error(refusal.message);
}

}  // namespace rotacast::redis

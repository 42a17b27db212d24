#pragma once

// Why Redis does not do what we want: its error replies, and what is wrong with a connection or a
// server, each with a sentence for people and what a program should do.

#include "base/error.hpp"
#include "redis/reply.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::redis {

enum class RefusalKind : std::uint8_t {
    // error replies
    password_missing,
    password_wrong,
    password_unknown,  ///< one was sent, and the server has none
    not_permitted,
    read_only,
    moved,
    cluster_down,
    loading,
    out_of_memory,
    cannot_persist,
    script_missing,
    script_running,
    too_few_replicas,
    primary_lost,
    unblocked,
    unknown_command,
    wrong_type,
    no_such_database,
    too_many_clients,
    protected_mode,
    other_error,
    // connections
    name_unresolved,
    unreachable,
    tls_failed,
    silent,
    broken,
    not_redis,
    reply_too_large,
    too_many_waiting,
    closed,
    // servers
    too_old,
    is_cluster,
    is_replica,
    is_sentinel,
    not_sentinel,
    no_primary_known,
};

enum class Remedy : std::uint8_t {
    wait,       ///< the same command, on the same connection, after a back-off
    reconnect,  ///< a new connection, after a back-off; asks the sentinels again
    /// Somebody has to change something, here or in Redis. Whoever tries again all the same does so
    /// seldom, because they may have done it without restarting us.
    give_up,
};

struct Refusal {
    RefusalKind kind = RefusalKind::other_error;
    /// Whole sentences. Holds no password and no argument of a command.
    std::string message;
};

/// Short and stable, for statistics: the enumerator.
std::string_view to_string(RefusalKind kind);
Remedy remedy_for(RefusalKind kind);

/// With the sentence of its kind, after `detail`, if there is one: a sentence without its full
/// stop, such as "Redis at 127.0.0.1:6379 refuses connections".
Refusal refusal(RefusalKind kind, std::string_view detail = {});

/// What an error reply means. Looks into what Redis 6.2 says about errors within a script, too.
Refusal refusal_of(const ErrorReply& error);

/// As the error of a command: `unavailable`.
Error to_error(const Refusal& refusal);

// Called by value() of a result with a Refusal when there is one: a bug in the caller.
[[noreturn]] void throw_exception_from_error(const Refusal& refusal, const boost::source_location&);

}  // namespace rotacast::redis

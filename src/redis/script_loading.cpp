#include "redis/script_loading.hpp"

#include <utility>

namespace rotacast::redis {

asio::awaitable<std::optional<Refusal>> load_scripts(Connection& connection,
                                                     std::vector<std::string_view> scripts,
                                                     ScriptDigests& digests) {
    for (const auto script : scripts) {
        Command load("SCRIPT", "LOAD", script);
        const auto reply = co_await connection.command(std::move(load));
        if (!reply)
            co_return connection.end_reason().value_or(refusal(RefusalKind::too_many_waiting));
        if (const auto* error = reply->error()) co_return refusal_of(*error);
        const auto* digest = reply->text();
        if (!digest) co_return refusal(RefusalKind::not_redis, "SCRIPT LOAD gave no digest");
        digests[script] = *digest;
    }
    co_return std::nullopt;
}

}  // namespace rotacast::redis

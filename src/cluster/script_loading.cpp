#include "cluster/script_loading.hpp"

namespace rotacast::cluster {

boost::asio::awaitable<std::optional<redis::Refusal>> load_scripts(
    redis::Connection& connection, std::vector<std::string_view> scripts, ScriptDigests& digests) {
    for (const auto script : scripts) {
        const auto reply = co_await connection.command(redis::Command("SCRIPT", "LOAD", script));
        if (!reply)
            co_return redis::refusal(redis::RefusalKind::broken, "The scripts were not loaded");
        if (const auto* error = reply->error()) co_return redis::refusal_of(*error);
        if (const auto* digest = reply->text()) digests[script] = *digest;
    }
    co_return std::nullopt;
}

}  // namespace rotacast::cluster

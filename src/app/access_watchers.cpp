#include "app/access_watchers.hpp"

namespace rotacast::app {

AccessWatchers::AccessWatchers(const Config& config,
                               Stores& stores,
                               Authentication& authentication,
                               Threads& threads,
                               Sessions& sessions)
    : revocations(threads.watchers, *stores.directory, *stores.directory, sessions.live_sessions),
      key_set(threads.watchers, authentication.verifier, key_set_options(config.tokens)) {}

Result<void> AccessWatchers::start() {
    if (auto started = revocations.start(); !started) return started;
    return key_set.start();
}

void AccessWatchers::stop() {
    revocations.stop();
    key_set.stop();
}

}  // namespace rotacast::app

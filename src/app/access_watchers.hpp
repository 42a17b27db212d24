#pragma once

// What watches for changes of access: revoked tokens and changed users in the directory, and the
// keys that others sign tokens with.

#include "app/authentication.hpp"
#include "app/sessions.hpp"
#include "app/stores.hpp"
#include "app/threads.hpp"
#include "http/key_set_source.hpp"
#include "live/revocation_watcher.hpp"

namespace rotacast::app {

/// Destroyed before the sessions, which it has reviewed; and after Node::stop() has stopped it and
/// joined its threads. It outlives the last verification of a token, because that ends with the
/// loops and the pools, which are stopped before.
struct AccessWatchers {
    AccessWatchers(const Config& config,
                   Stores& stores,
                   Authentication& authentication,
                   Threads& threads,
                   Sessions& sessions);

    /// Watches from now on. Errors: those of live::RevocationWatcher and http::KeySetSource.
    Result<void> start();
    void stop();

    live::RevocationWatcher revocations;
    http::KeySetSource key_set;
};

}  // namespace rotacast::app

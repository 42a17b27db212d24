#include "app/sessions.hpp"

#include "live/encodings.hpp"

#include <chrono>

namespace rotacast::app {

using std::chrono::seconds;

Sessions::Sessions(const Config& config, Stores& stores, Threads& threads)
    : history(threads.history_pool,
              live::encodings(deflate_options(config.websocket.deflate)),
              *stores.journal),
      presence(threads.loop_executors(), presence_options(config.presence)),
      presence_timer(threads.loops.executor(0)),
      live_sessions(threads.loops),
      admission(admission_limits(config.limits)),
      rules(threads.loops, rules_of(config)),
      shutdown(seconds(config.drain_window_s)) {}

void Sessions::tick_presence(net::Loop& loop) {
    presence_timer.expires_after(seconds(1));
    presence_timer.async_wait([this, &loop](const boost::system::error_code& error) {
        if (error) return;
        tick_presence(loop);
        presence.tick({loop.tick().steady, loop.tick().wall});
    });
}

}  // namespace rotacast::app

#include "app/event_path.hpp"

#include "base/log.hpp"
#include "live/encodings.hpp"
#include "projection/projector.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <utility>

namespace rotacast::app {
namespace {

bus::DispatcherOptions with_duties(bus::DispatcherOptions options, bus::Duties* duties) {
    options.duties = duties;
    return options;
}

/// For loops that were blocked.
hub::ReadJournal read_on(net::asio::thread_pool& readers, bus::Journal& journal) {
    return [&readers, &journal](bus::Offset after, std::size_t limit, auto done) {
        net::asio::post(readers, [&journal, after, limit, done] {
            done(projection::read_publications(journal, after, limit));
        });
    };
}

}  // namespace

EventPath::EventPath(const Config& config,
                     webhooks::WebhooksOptions webhooks_options,
                     Stores& stores,
                     Threads& threads)
    : bus(*stores.journal),
      handlers(
          *stores.directory, *stores.directory, *stores.roster, handlers_options(config.handlers)),
      dispatcher(bus,
                 *stores.journal,
                 std::move(stores.deliveries),
                 with_duties(dispatcher_options(config.bus), stores.duties.get())),
      bus_admin(dispatcher),
      webhooks(
          bus, *stores.journal, bus_admin, std::move(stores.webhooks), std::move(webhooks_options)),
      hub(threads.loop_executors(),
          live::encodings(deflate_options(config.websocket.deflate)),
          hub_options(config, *stores.journal, read_on(threads.tail_readers, *stores.journal))),
      follower(hub, stores.journal->state()),
      tail(threads.loops.executor(0),
           threads.tail_readers.get_executor(),
           *stores.journal,
           stores.journal->state(),
           [this](const bus::EntryBatchPtr& batch) { follower.on_entries(batch); }) {}

void EventPath::follow(bus::Journal& journal, std::function<void()> passed) {
    journal.follow([this, passed = std::move(passed)](bus::EntryBatchPtr batch) {
        const bool unordered = batch->unordered;
        if (!unordered) dispatcher.on_entries(batch);
        tail.on_entries(std::move(batch));
        if (passed && !unordered) passed();
    });
}

void EventPath::show_everything_stored(net::Loops& loops, bus::Journal& journal) {
    const auto shown = std::make_shared<std::promise<void>>();
    auto future = shown->get_future();
    loops[0].post([this, &loops, shown, last = journal.state().last] {
        follower.when_shown(last, [&loops, shown] { loops.pass([shown] { shown->set_value(); }); });
    });
    if (future.wait_for(std::chrono::seconds(5)) != std::future_status::ready)
        log::error("closing connections before they have been sent every stored event");
}

}  // namespace rotacast::app

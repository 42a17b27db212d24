// The child process of bus_crash.py: publishes events through a real journal to handlers that fail
// in every possible way, and exits with 0 when everything is done. It may be killed at any moment
// and started again on the same folder any number of times.
//
//     bus_crash FOLDER EVENTS

#include "base/log.hpp"
#include "bus/bus_admin.hpp"
#include "store/sqlite_deliveries.hpp"
#include "store/sqlite_journal.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <future>

namespace rotacast {
namespace {

using namespace std::chrono_literals;
using bus::HandlerContext;
using bus::Outcome;
using events::ScheduleArchived;
using events::ScheduleDeleted;

constexpr int aggregates = 13;
constexpr int batch_events = 10;

// Which events a handler fails for; bus_crash.py has the same rules.
bool is_hard(int number) {
    return number % 10 == 4;
}
bool hangs(int number) {
    return number % 100 == 6;
}
bool ends_the_process(int number) {
    return number % 150 == 77;
}

int number_of(const ScheduleArchived& event) {
    return std::atoi(event.reason->c_str());
}

Outcome seen(int number, HandlerContext& context) {
    context.handler_log("seen", std::to_string(number));
    return Outcome::done();
}

bus::SubscriberOptions quick_to_try_again() {
    bus::SubscriberOptions options;
    options.start.from = bus::Start::From::beginning;
    options.retry.first_wait = 5ms;
    options.timeout = 10s;
    return options;
}

void wait_for_stop(const std::stop_token& stop) {
    std::promise<void> stopped;
    const std::stop_callback on_stop(stop, [&] { stopped.set_value(); });
    stopped.get_future().wait();
}

void hang_handlers(bus::Bus& bus) {
    const auto options = quick_to_try_again();
    const auto on = [&](const char* name, auto handler) {
        (void)bus.on(name, std::move(handler), options).value();
    };
    on("twice", [](const ScheduleArchived& event, HandlerContext& context) {
        if (is_hard(number_of(event)) && context.attempt() < 3) return Outcome::failed("Twice");
        return seen(number_of(event), context);
    });
    on("always", [](const ScheduleArchived& event, HandlerContext& context) {
        if (is_hard(number_of(event))) throw std::runtime_error("always");
        return seen(number_of(event), context);
    });
    on("permanent", [](const ScheduleArchived& event, HandlerContext& context) {
        if (is_hard(number_of(event))) return Outcome::permanent("Permanent");
        return seen(number_of(event), context);
    });
    on("crashes", [](const ScheduleArchived& event, HandlerContext& context) {
        if (ends_the_process(number_of(event))) ::_exit(3);
        return seen(number_of(event), context);
    });
    on("derives", [](const ScheduleArchived& event, HandlerContext& context) {
        if (number_of(event) % 5 == 0)
            context.derive(ScheduleDeleted{event.schedule_id, *event.reason, {}});
        return seen(number_of(event), context);
    });
    on("quick", [](const ScheduleArchived& event, HandlerContext& context) {
        return seen(number_of(event), context);
    });
    on("derived", [](const ScheduleDeleted& event, HandlerContext& context) {
        context.handler_log("seen", event.deleted_by);
    });
    auto impatient = options;
    impatient.timeout = 20ms;
    (void)bus
        .on(
            "hangs",
            [](const ScheduleArchived& event, HandlerContext& context) {
                if (hangs(number_of(event))) wait_for_stop(context.stop());
                return seen(number_of(event), context);
            },
            impatient)
        .value();
}

/// Each event has its own fixed id, so that publishing it again after a crash adds nothing.
events::Envelope event_of(int number) {
    auto envelope = events::wrap(ScheduleArchived{
        "s" + std::to_string(number % aggregates), "somebody", std::to_string(number)});
    envelope.metadata.event_id = Uuid::derived(Uuid{}, static_cast<std::uint64_t>(number));
    return envelope;
}

void publish(bus::Bus& bus, int events) {
    for (int number = 0; number < events; number += batch_events) {
        std::vector<events::Envelope> batch;
        for (int i = number; i < std::min(number + batch_events, events); ++i)
            batch.push_back(event_of(i));
        (void)bus.publish_batch(std::move(batch)).get().value();
        std::this_thread::sleep_for(2ms);  // so that handlers fail at the same time
    }
}

bool is_quiet(bus::BusAdmin& operations) {
    std::promise<bool> quiet;
    operations.subscribers([&](Result<std::vector<bus::SubscriberStatus>> all) {
        bool result = all.has_value();
        if (all)
            for (const auto& one : *all)
                result = result && one.lag + one.running + one.waiting + one.pending == 0;
        quiet.set_value(result);
    });
    return quiet.get_future().get();
}

int run(const std::string& folder, int events) {
    store::SqliteJournalOptions options;
    options.connection.synchronous = store::Synchronous::normal;
    auto journal = store::SqliteJournal::open(folder + "/journal.db", options).value();
    bus::Bus bus(*journal);
    hang_handlers(bus);
    bus::DispatcherOptions dispatcher_options;
    dispatcher_options.gives_way = false;  // otherwise a machine with other work may starve it
    bus::Dispatcher dispatcher(bus,
                               *journal,
                               store::SqliteDeliveries::open(folder + "/bus.db").value(),
                               std::move(dispatcher_options));
    journal->follow([&](bus::EntryBatchPtr batch) { dispatcher.on_entries(std::move(batch)); });
    bus::BusAdmin operations(dispatcher);
    dispatcher.start();
    publish(bus, events);
    while (!is_quiet(operations)) std::this_thread::sleep_for(5ms);
    dispatcher.close();
    journal->close();
    return 0;
}

}  // namespace
}  // namespace rotacast

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: bus_crash FOLDER EVENTS\n", stderr);
        return 2;
    }
    spdlog::set_level(spdlog::level::off);
    return rotacast::run(argv[1], std::atoi(argv[2]));
}

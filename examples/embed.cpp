// A back end that embeds the server: publishes typed events and the original's broadcasts without
// HTTP, from its own threads.
//
//     embed --jwt-secret SECRET --database FILE
//
// prints `listening on …`, publishes one event of each kind with their cursors, and serves until
// SIGTERM or SIGINT.

#include "app/node.hpp"
#include "app/signals.hpp"
#include "projection/broadcast.hpp"

#include <cstdio>
#include <string>

namespace {

using namespace rotacast;

void report(const char* what, std::future<Result<bus::Receipt>> published) {
    const auto receipt = published.get();
    if (receipt)
        std::printf(
            "%s stored at offset %llu\n", what, static_cast<unsigned long long>(receipt->offset));
    else
        std::printf("%s refused: %s\n", what, receipt.error().message.c_str());
}

void publish_examples(bus::Bus& bus) {
    const auto schedule = Uuid::random();
    const auto ann = Uuid::random();
    const auto bob = Uuid::random();

    events::ScheduleUpdated updated;
    updated.schedule_id = to_string(schedule);
    updated.updated_by = "back end";
    updated.reason = "Night float moved";
    report("ScheduleUpdated", bus.publish(updated));

    report("schedule_updated",
           projection::broadcast_schedule_updated(
               bus, schedule, {}, {}, "modified", 2, "Two blocks moved"));
    report("assignment_changed",
           projection::broadcast_assignment_changed(
               bus, Uuid::random(), ann, Uuid::random(), {}, "created"));
    const auto swap = Uuid::random();
    report(
        "swap_requested",
        projection::broadcast_swap_requested(bus, swap, ann, bob, "one_to_one", {Uuid::random()}));
    report("swap_approved", projection::broadcast_swap_approved(bus, swap, ann, bob, bob, {}));
    report("conflict_detected",
           projection::broadcast_conflict_detected(
               bus, ann, "double_booking", "high", {Uuid::random()}));
    report("resilience_alert",
           projection::broadcast_resilience_alert(
               bus, "utilization_high", "orange", "Ward 3 is full", 0.93));
}

std::string option(int argc, char** argv, const std::string& name) {
    for (int i = 1; i + 1 < argc; ++i)
        if (argv[i] == name) return argv[i + 1];
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    app::Config config;
    config.listen = "127.0.0.1:0";
    config.database = option(argc, argv, "--database");
    const auto secret = option(argc, argv, "--jwt-secret");
    if (config.database.empty() || secret.size() < 32) {
        std::fprintf(stderr, "usage: embed --jwt-secret SECRET_OF_32_BYTES --database FILE\n");
        return 2;
    }
    app::Signals signals;
    app::Node node(config, secret);
    if (const auto started = node.start(); !started) {
        std::fprintf(stderr, "embed: %s\n", started.error().message.c_str());
        return 1;
    }
    std::printf("listening on %s\n", node.url().c_str());
    publish_examples(node.bus());
    std::fflush(stdout);
    signals.wait_for_end([] {});
    node.stop();
    return 0;
}

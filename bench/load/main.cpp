#include <cstdio>
#include <exception>

#include "load/modes.hpp"

// rotacast_load: many WebSocket clients and one HTTP publisher on one thread; one JSON object on
// standard output. See bench/README.md for the modes and what their figures mean.

namespace {

rotacast::bench::JsonObject run(const rotacast::bench::Options& options) {
    using rotacast::bench::Mode;
    switch (options.mode) {
        case Mode::fanout: return rotacast::bench::run_fanout(options);
        case Mode::idle: return rotacast::bench::run_idle(options);
        case Mode::stuck: return rotacast::bench::run_stuck(options);
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::puts(run(rotacast::bench::parse_options(argc, argv)).text().c_str());
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "rotacast_load: %s\n", error.what());
        return 1;
    }
}

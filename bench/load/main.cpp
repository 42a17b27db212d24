#include <csignal>
#include <cstdio>
#include <exception>

#include "load/findings.hpp"
#include "load/modes.hpp"

// rotacast_load: many WebSocket clients and one HTTP publisher on one thread. Prints one JSON
// object to standard output. Exits with 1 if something could not be measured or was wrong. See
// bench/README.md for the modes and their figures.

namespace {

rotacast::bench::JsonObject run(const rotacast::bench::Options& options) {
    using rotacast::bench::Mode;
    switch (options.mode) {
        case Mode::fanout: return rotacast::bench::run_fanout(options);
        case Mode::idle: return rotacast::bench::run_idle(options);
        case Mode::stuck: return rotacast::bench::run_stuck(options);
        case Mode::jitter: return rotacast::bench::run_jitter(options);
        case Mode::refresh: return rotacast::bench::run_refresh(options);
        case Mode::drain: return rotacast::bench::run_drain(options);
        case Mode::deflate: return rotacast::bench::run_deflate(options);
        case Mode::handshakes: return rotacast::bench::run_handshakes(options);
        case Mode::graphql: return rotacast::bench::run_graphql(options);
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    try {
        std::puts(run(rotacast::bench::parse_options(argc, argv)).text().c_str());
        return 0;
    } catch (const rotacast::bench::Failed& failure) {
        std::puts(failure.report.text().c_str());
        std::fprintf(stderr, "rotacast_load: %s\n", failure.what());
        return 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "rotacast_load: %s\n", error.what());
        return 1;
    }
}

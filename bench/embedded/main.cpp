// Measures the bus from within a process that embeds the server, as a back end does; handlers can
// be registered in no other way. Prints one JSON object.
//
//     bench_bus flow FOLDER EVENTS HANDLERS
//     bench_bus turn FOLDER SECONDS EVENTS_PER_SECOND quiet|failing
//
// FOLDER must be empty, and on the disk that is to be measured.

#include "embedded/modes.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

int main(int argc, char** argv) {
    using namespace rotacast::bench;
    const std::string_view mode = argc > 1 ? argv[1] : "";
    try {
        if (mode == "flow" && argc == 5)
            std::puts(flow(argv[2], std::atoi(argv[3]), std::atoi(argv[4])).text().c_str());
        else if (mode == "turn" && argc == 6)
            std::puts(turn(argv[2],
                           std::atof(argv[3]),
                           std::atof(argv[4]),
                           std::string_view(argv[5]) == "failing")
                          .text()
                          .c_str());
        else
            return std::fputs("usage: see bench/README.md\n", stderr), 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_bus: %s\n", error.what());
        return 1;
    }
    return 0;
}

// rotacast_simulate: runs seeds of the simulator; a seed that fails is run again with its trace.

#include "simulate/simulation.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace rotacast::simulate {
namespace {

int run_seeds(int argc, char** argv) {
    CLI::App app{"Runs a cluster on a simulated Redis, network and disk, in virtual time."};
    std::uint64_t seed = 1;
    std::uint64_t count = 1;
    std::string fault;
    bool rough = false;
    bool trace = false;
    const auto planted = planted_faults();
    app.add_option("--seed", seed, "The run, or the first of several")->capture_default_str();
    app.add_option("--seeds", count, "How many runs")->capture_default_str();
    app.add_option("--fault", fault, "A defect to plant")
        ->check(CLI::IsMember(std::vector<std::string>(planted.begin(), planted.end())));
    app.add_flag("--rough", rough, "More goes wrong, and disks are slower");
    app.add_flag("--trace", trace, "Print the trace of the last run also if it holds");
    CLI11_PARSE(app, argc, argv);

    std::size_t entries = 0;
    std::size_t epochs = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        const Settings settings{.fault = fault, .rough = rough, .tracing = trace && i + 1 == count};
        const auto outcome = simulate(seed + i, settings);
        entries += outcome.entries;
        epochs += outcome.epochs;
        if (!outcome.violation) {
            for (const auto& line : outcome.trace) std::cout << line << '\n';
            continue;
        }
        const Settings again{.fault = fault, .rough = rough, .tracing = true};
        for (const auto& line : simulate(seed + i, again).trace) std::cout << line << '\n';
        std::cout << "seed " << seed + i << " fails: " << *outcome.violation << '\n';
        return 1;
    }
    std::cout << count << " runs hold, from seed " << seed << ": " << entries << " entries, "
              << epochs << " changes of the epoch\n";
    return 0;
}

}  // namespace
}  // namespace rotacast::simulate

int main(int argc, char** argv) {
    try {
        return rotacast::simulate::run_seeds(argc, argv);
    } catch (const std::exception& defect) {
        std::fprintf(stderr, "rotacast_simulate: %s\n", defect.what());
        return 1;
    }
}

#include "app/commands/command_line.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    try {
        return rotacast::app::run_command_line(argc, argv);
    } catch (const std::exception& defect) {
        std::fprintf(stderr, "rotacast: %s\n", defect.what());
        return 1;
    }
}

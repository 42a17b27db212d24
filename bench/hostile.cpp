// Measures the time and the peak memory until a hostile GraphQL document is rejected. Needs no
// server and no socket: all of the cost is in graphql::prepare(), which runs on the loop of the
// client's connection. Fails if a document takes longer than the limit.

#include "graphql/hostile_for_tests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <new>
#include <vector>

#include <malloc.h>

namespace {

// Single-threaded.
std::size_t held = 0;
std::size_t highest = 0;

void* counted(std::size_t bytes) {
    void* memory = std::malloc(bytes);
    if (memory == nullptr) throw std::bad_alloc();
    held += malloc_usable_size(memory);
    highest = std::max(highest, held);
    return memory;
}

void released(void* memory) noexcept {
    held -= malloc_usable_size(memory);
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t bytes) {
    return counted(bytes);
}
void operator delete(void* memory) noexcept {
    released(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    released(memory);
}

namespace {

using namespace rotacast;
using milliseconds = std::chrono::duration<double, std::milli>;

constexpr int rounds = 31;
constexpr double bound_ms = 10;

struct Cost {
    double median_ms = 0;
    double worst_ms = 0;
    std::size_t bytes = 0;
    bool refused = false;
};

Cost measure(const graphql::Request& request) {
    Cost cost;
    std::vector<double> times;
    for (int round = 0; round < rounds; ++round) {
        const auto before = held;
        highest = held;
        const auto begin = std::chrono::steady_clock::now();
        const auto made = graphql::prepare(graphql::schema(), request, {});
        const auto text = made.operation ? std::string() : graphql::refusal_text(made.errors);
        times.push_back(milliseconds(std::chrono::steady_clock::now() - begin).count());
        cost.bytes = std::max(cost.bytes, highest - before);
        cost.refused = !text.empty();
    }
    std::ranges::sort(times);
    cost.median_ms = times[times.size() / 2];
    cost.worst_ms = times.back();
    return cost;
}

}  // namespace

int main() {
    bool good = true;
    fmt::print("| request | bytes | | median ms | worst ms | KB |\n|---|--:|---|--:|--:|--:|\n");
    for (const auto& [name, request, refusal] : graphql::hostile_requests()) {
        const auto cost = measure(request);
        good = good && cost.median_ms < bound_ms;
        fmt::print("| {} | {} | {} | {:.3f} | {:.3f} | {} |\n",
                   name,
                   request.query.size(),
                   cost.refused ? "refused" : "taken",
                   cost.median_ms,
                   cost.worst_ms,
                   cost.bytes / 1024);
    }
    if (!good) fmt::print("one of them takes {} ms or more\n", bound_ms);
    return good ? 0 : 1;
}

#include "load/histogram.hpp"

#include <bit>
#include <cstddef>

namespace rotacast::bench {

namespace {

constexpr std::uint64_t steps = 32;

std::size_t bucket_of(std::uint64_t value) {
    if (value < steps) return static_cast<std::size_t>(value);
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - 6;
    return static_cast<std::size_t>((shift + 1) * steps + ((value >> shift) - steps));
}

std::uint64_t lower_edge_of(std::size_t bucket) {
    if (bucket < steps) return bucket;
    const auto shift = bucket / steps - 1;
    return (steps + bucket % steps) << shift;
}

}  // namespace

void Histogram::add(std::uint64_t value_ns, std::uint64_t times) {
    counts_[bucket_of(value_ns)] += times;
    count_ += times;
}

std::uint64_t Histogram::quantile(double q) const {
    if (count_ == 0) return 0;
    const auto rank = static_cast<std::uint64_t>(q * static_cast<double>(count_ - 1));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        seen += counts_[bucket];
        if (seen > rank) return lower_edge_of(bucket);
    }
    return 0;
}

}  // namespace rotacast::bench

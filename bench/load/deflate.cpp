#include <stdexcept>

#include "load/crowd.hpp"
#include "load/feed.hpp"
#include "load/findings.hpp"
#include "load/modes.hpp"
#include "load/process_stats.hpp"

namespace rotacast::bench {

namespace {

constexpr std::uint64_t stalled_ns = 10'000'000'000;
constexpr std::uint64_t settle_ns = 5'000'000;
/// One client in this many inflates and checks its messages; the others only count them.
constexpr std::size_t checked_every = 100;

/// Totals at a point in time.
struct Counts {
    std::uint64_t frames;
    std::uint64_t wire_bytes;
    std::uint64_t compressed;
};

class Deflate : public V1Watcher {
  public:
    explicit Deflate(const Options& options)
        : options_(options),
          crowd_(options,
                 *this,
                 [&options](std::size_t i) { return options.tokens[i % options.tokens.size()]; }),
          publisher_(options.port) {
        for (std::size_t i = 0; i < options.subscribers; i += checked_every) {
            crowd_.clients()[i]->check_compressed();
        }
        crowd_.enter_all();
    }

    JsonObject measure(std::size_t burst) {
        for (std::size_t i = 0; i < options_.warm_up; ++i) publish(burst);
        settle();
        const Counts before = counts();
        const CpuTime cpu_before = cpu_time(options_.server_pid);
        const std::uint64_t until = now_ns() + static_cast<std::uint64_t>(options_.seconds * 1e9);
        std::uint64_t repeats = 0;
        do {
            publish(burst);
            ++repeats;
        } while (repeats < options_.repeats && now_ns() < until);
        settle();
        const CpuTime cpu = cpu_time(options_.server_pid) - cpu_before;
        const Counts after = counts();

        const auto deliveries = static_cast<double>(after.frames - before.frames);
        const auto wire_bytes = static_cast<double>(after.wire_bytes - before.wire_bytes);
        const auto compressed = static_cast<double>(after.compressed - before.compressed);
        return JsonObject()
            .add("repeats", repeats)
            .add("deliveries", after.frames - before.frames)
            .add("wire_bytes_per_delivery", wire_bytes / deliveries)
            .add("compressed_share", compressed / deliveries)
            .add("cpu_us_per_delivery", static_cast<double>(cpu.total()) / 1000 / deliveries);
    }

    [[nodiscard]] JsonObject report(const JsonObject& bursts) const {
        Findings findings;
        findings.expect(ended_ == 0, "the server ended connections");
        findings.expect(crowd_.sum(&V1Client::event_frames) == expected_,
                        "more than was published");
        findings.expect(crowd_.sum(&SequenceCheck::skipped) == 0, "deliveries were skipped");
        findings.expect(crowd_.sum(&SequenceCheck::repeated) == 0, "deliveries came twice");
        for (std::size_t i = 0; i < options_.subscribers; i += checked_every) {
            findings.expect(crowd_.clients()[i]->events().last() == published_,
                            "what was compressed says something else");
        }
        return findings.conclude(JsonObject()
                                     .add("mode", "deflate")
                                     .add("offered", std::uint64_t{options_.offer_deflate})
                                     .add("subscribers", std::uint64_t{options_.subscribers})
                                     .add("bursts", bursts));
    }

    void on_ended(V1Client&) override { ++ended_; }

  private:
    [[nodiscard]] Counts counts() const {
        return {crowd_.sum(&V1Client::event_frames),
                crowd_.sum(&V1Client::event_wire_bytes),
                crowd_.sum(&V1Client::compressed_frames)};
    }

    /// Publishes a burst and waits until every client has all of it and the publisher its response.
    void publish(std::size_t burst) {
        publisher_.start(numbered_events_request(options_, "", published_ + 1, burst));
        published_ += burst;
        expected_ += burst * options_.subscribers;
        const std::uint64_t until = now_ns() + stalled_ns;
        while (publisher_.busy() || crowd_.sum(&V1Client::event_frames) < expected_) {
            crowd_.poll(1);
            if (publisher_.busy()) publisher_.on_readable();
            if (now_ns() > until) throw std::runtime_error("a burst did not arrive within 10 s");
        }
    }

    /// Lets the server finish its work after the last send, and lets surplus frames arrive.
    void settle() {
        const std::uint64_t until = now_ns() + settle_ns;
        while (now_ns() < until) crowd_.poll(1);
    }

    const Options& options_;
    Crowd crowd_;
    Publisher publisher_;
    std::uint64_t published_ = 0;
    std::uint64_t expected_ = 0;
    std::uint64_t ended_ = 0;
};

}  // namespace

JsonObject run_deflate(const Options& asked) {
    Options options = asked;
    options.schedules = 1;
    Deflate deflate(options);
    JsonObject bursts;
    for (const std::size_t burst : options.bursts) {
        bursts.add(std::to_string(burst), deflate.measure(burst));
    }
    return deflate.report(bursts);
}

}  // namespace rotacast::bench

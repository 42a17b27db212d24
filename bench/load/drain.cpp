#include <signal.h>

#include <algorithm>
#include <vector>

#include "load/crowd.hpp"
#include "load/feed.hpp"
#include "load/findings.hpp"
#include "load/histogram.hpp"
#include "load/modes.hpp"
#include "load/server_text.hpp"
#include "load/token_signer.hpp"

namespace rotacast::bench {

namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t before_signal_ns = 2 * second;
/// Time beyond the window for the last closes, and for the last clients to reconnect.
constexpr std::uint64_t patience_ns = 30 * second;
constexpr std::uint64_t retry_ns = second / 4;
constexpr unsigned server_draining = 1001;
/// Accepted relative deviation of the closes in one second from an even distribution.
constexpr double uneven_max = 0.25;

class Drain : public V1Watcher {
  public:
    explicit Drain(const Options& options)
        : options_(options),
          crowd_(options,
                 *this,
                 [&options](std::size_t i) { return options.tokens[i % options.tokens.size()]; }),
          return_ns_(options.subscribers),
          let_go_(options.subscribers),
          closes_by_second_(options.drain_window_s) {}

    void run() {
        crowd_.enter_all();
        Feed feed(options_);
        const std::uint64_t signal_at = now_ns() + before_signal_ns;
        while (now_ns() < signal_at) step(feed);
        signal_server();
        const std::uint64_t window = options_.drain_window_s * second;
        run_while(feed, window + patience_ns, [&] { return closed_ < options_.subscribers; });
        run_while(feed, window + patience_ns, [&] { return crowd_.live() < options_.subscribers; });
        feed.stop();
        run_while(feed, patience_ns, [&] { return !all_caught_up(feed); });
        published_ = feed.published();
        repeats_ = feed.repeats();
    }

    [[nodiscard]] JsonObject report() const {
        const auto [fewest, most] = std::ranges::minmax(closes_by_second_);
        const double even = static_cast<double>(options_.subscribers) /
                            static_cast<double>(closes_by_second_.size());
        const double lowest = static_cast<double>(fewest) / even;
        const double highest = static_cast<double>(most) / even;
        const std::size_t back = crowd_.live();

        Findings findings;
        findings.expect(closed_ == options_.subscribers, "connections were not closed");
        findings.expect(untold_ == 0, "connections were closed without server_draining");
        findings.expect(other_codes_ == 0, "connections were closed with another code than 1001");
        findings.expect(lowest >= 1 - uneven_max && highest <= 1 + uneven_max, "closes are uneven");
        findings.expect(back == options_.subscribers, "clients did not come back");
        findings.expect(crowd_.have_seen(published_) == options_.subscribers, "events are missing");
        findings.expect(crowd_.sum(&SequenceCheck::skipped) == 0, "events were skipped");
        findings.expect(crowd_.sum(&SequenceCheck::repeated) == 0, "events came twice");
        findings.expect(crowd_.sum(&V1Client::gaps) == 0, "gaps were told");
        findings.expect(crowd_.sum(&V1Client::errors) == 0, "commands were refused");
        return findings.conclude(
            JsonObject()
                .add("mode", "drain")
                .add("clients", std::uint64_t{options_.subscribers})
                .add("window_s", std::uint64_t{options_.drain_window_s})
                .add("signalled_unix_s", static_cast<double>(signalled_unix_ns_) / 1e9)
                .add("told_within_ms", static_cast<double>(told_last_ns_) / 1e6)
                .add("closes_per_second_even", even)
                .add("closes_per_second_fewest", fewest)
                .add("closes_per_second_most", most)
                .add("lowest_of_even", lowest)
                .add("highest_of_even", highest)
                .add("closed_last_s", static_cast<double>(closed_last_ns_) / 1e9)
                .add("untold", untold_)
                .add("other_close_codes", other_codes_)
                .add("came_back", std::uint64_t{back})
                .add("came_back_too_early", retries_)
                .add("events_per_schedule", published_)
                .add("publish_repeats", repeats_)
                .add("replayed", replayed_)
                .add("skipped", crowd_.sum(&SequenceCheck::skipped))
                .add("duplicates", crowd_.sum(&SequenceCheck::repeated))
                .add("gaps", crowd_.sum(&V1Client::gaps))
                .add("caught_up_p50_ms", caught_up_.quantile_ms(0.50))
                .add("caught_up_p99_ms", caught_up_.quantile_ms(0.99)));
    }

    void on_live(V1Client& client) override {
        if (client.entries() > 1) caught_up_.add(client.live_ns() - client.handshake_ns());
    }

    void on_notice(V1Client& client, std::string_view type, std::string_view text) override {
        if (type == "resumed") replayed_ += number_field(text, "replayed").value_or(0);
        const auto after_ms = number_field(text, "reconnect_after_ms");
        if (type != "server_draining" || !after_ms) return;
        return_ns_[client.index()] = now_ns() + *after_ms * 1'000'000;
        told_last_ns_ = now_ns() - signalled_ns_;
    }

    void on_ended(V1Client& client) override {
        const std::size_t index = client.index();
        if (let_go_[index]) {
            ++retries_;
            crowd_.wake(client, now_ns() + retry_ns);
            return;
        }
        let_go_[index] = true;
        note_close(client);
        crowd_.wake(client, std::max(return_ns_[index], now_ns() + retry_ns));
    }

    void on_due(V1Client& client) override { crowd_.connect(client); }

  private:
    void note_close(const V1Client& client) {
        ++closed_;
        if (client.close_code() != server_draining) ++other_codes_;
        if (return_ns_[client.index()] == 0) ++untold_;
        closed_last_ns_ = now_ns() - signalled_ns_;
        const std::size_t bin = closed_last_ns_ / second;
        // The last close is due at the end of the window; later ones belong to no second of it.
        if (bin < closes_by_second_.size()) ++closes_by_second_[bin];
    }

    void signal_server() {
        signalled_ns_ = now_ns();
        signalled_unix_ns_ = unix_ns();
        if (kill(options_.server_pid, SIGTERM) != 0) fail_errno("SIGTERM");
    }

    void step(Feed& feed) {
        crowd_.poll(5);
        feed.proceed();
    }

    template <class Condition>
    void run_while(Feed& feed, std::uint64_t limit_ns, Condition&& condition) {
        const std::uint64_t until = now_ns() + limit_ns;
        while (condition() && now_ns() < until) step(feed);
    }

    [[nodiscard]] bool all_caught_up(const Feed& feed) const {
        return feed.finished() && crowd_.have_seen(feed.published()) == options_.subscribers;
    }

    const Options& options_;
    Crowd crowd_;
    std::vector<std::uint64_t> return_ns_;  // by client: when it was told to reconnect; 0: not told
    // By client: the end of its first connection was recorded.
    std::vector<bool> let_go_;
    std::vector<std::uint64_t> closes_by_second_;
    Histogram caught_up_;
    std::uint64_t signalled_ns_ = 0;
    std::uint64_t signalled_unix_ns_ = 0;
    std::uint64_t told_last_ns_ = 0;
    std::uint64_t closed_last_ns_ = 0;
    std::uint64_t closed_ = 0;
    std::uint64_t untold_ = 0;
    std::uint64_t other_codes_ = 0;
    std::uint64_t retries_ = 0;
    std::uint64_t replayed_ = 0;
    std::uint64_t published_ = 0;
    std::uint64_t repeats_ = 0;
};

}  // namespace

JsonObject run_drain(const Options& options) {
    Drain drain(options);
    drain.run();
    return drain.report();
}

}  // namespace rotacast::bench

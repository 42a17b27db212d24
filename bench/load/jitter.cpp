#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "load/crowd.hpp"
#include "load/feed.hpp"
#include "load/findings.hpp"
#include "load/histogram.hpp"
#include "load/modes.hpp"
#include "load/server_text.hpp"

namespace rotacast::bench {

namespace {

constexpr std::uint64_t ms = 1'000'000;
constexpr std::uint64_t retry_ns = 200 * ms;
/// Time after the last cut for all clients to reconnect and catch up.
constexpr std::uint64_t patience_ns = 20'000 * ms;
/// Time after that in which duplicates would arrive.
constexpr std::uint64_t settle_ns = 500 * ms;

/// Cuts connections and reconnects the clients. One reconnect in twenty is cut again within a
/// millisecond, usually during its handshake, and one in twenty right after its `resume` was sent.
class Jitter : public V1Watcher {
  public:
    explicit Jitter(const Options& options)
        : options_(options),
          crowd_(options,
                 *this,
                 [&options](std::size_t i) { return options.tokens[i % options.tokens.size()]; }),
          cut_ns_(options.subscribers),
          doomed_(options.subscribers) {}

    void run() {
        crowd_.enter_all();
        Feed feed(options_);
        begin_cutting();
        run_until(feed, now_ns() + static_cast<std::uint64_t>(options_.seconds * 1e9));
        cutting_ = false;
        feed.stop();
        const std::uint64_t until = now_ns() + patience_ns;
        while (!all_caught_up(feed) && now_ns() < until) step(feed);
        run_until(feed, now_ns() + settle_ns);
        published_ = feed.published();
        repeats_ = feed.repeats();
    }

    [[nodiscard]] JsonObject report() const {
        const std::size_t clients = options_.subscribers;
        const std::uint64_t expected = clients * published_;
        const std::uint64_t seen = crowd_.sum(&SequenceCheck::seen);
        const std::uint64_t repeated = crowd_.sum(&SequenceCheck::repeated);
        const std::uint64_t skipped = crowd_.sum(&SequenceCheck::skipped);
        const std::uint64_t gaps = crowd_.sum(&V1Client::gaps);
        const std::uint64_t errors = crowd_.sum(&V1Client::errors);

        Findings findings;
        findings.expect(published_ > 0, "nothing was published");
        findings.expect(seen - repeated == expected, "deliveries are missing");
        findings.expect(skipped == 0, "deliveries were skipped or out of order");
        findings.expect(repeated == 0, "deliveries came twice");
        findings.expect(gaps == 0, "gaps were told");
        findings.expect(errors == 0, "commands were refused");
        findings.expect(unrecovered_ == 0, "resumes did not recover");
        findings.expect(unasked_ends_ == 0, "the server ended or refused connections");
        return findings.conclude(JsonObject()
                                     .add("mode", "jitter")
                                     .add("clients", std::uint64_t{clients})
                                     .add("seconds", options_.seconds)
                                     .add("events_per_schedule", published_)
                                     .add("cuts", cuts_)
                                     .add("cuts_while_entering", early_cuts_)
                                     .add("resumes", caught_up_.count())
                                     .add("replayed", replayed_)
                                     .add("expected", expected)
                                     .add("delivered", seen - repeated)
                                     .add("delivered_percent", percent(seen - repeated, expected))
                                     .add("duplicates", repeated)
                                     .add("skipped", skipped)
                                     .add("gaps", gaps)
                                     .add("errors", errors)
                                     .add("ended_by_server", unasked_ends_)
                                     .add("publish_repeats", repeats_)
                                     .add("caught_up_p50_ms", caught_up_.quantile_ms(0.50))
                                     .add("caught_up_p99_ms", caught_up_.quantile_ms(0.99))
                                     .add("caught_up_max_ms", caught_up_.quantile_ms(1.0))
                                     .add("cut_to_caught_up_p50_ms", back_.quantile_ms(0.50))
                                     .add("cut_to_caught_up_p99_ms", back_.quantile_ms(0.99)));
    }

    void on_live(V1Client& client) override {
        if (client.entries() > 1) {
            caught_up_.add(client.live_ns() - client.handshake_ns());
            back_.add(client.live_ns() - cut_ns_[client.index()]);
        }
        if (cutting_) plan_cut(client, between(cut_every_ns() / 2, cut_every_ns() * 3 / 2));
    }

    void on_notice(V1Client& client, std::string_view type, std::string_view text) override {
        // The resume was sent with the handshake's response, before this message was read.
        if (type == "connection_ack" && std::exchange(doomed_[client.index()], 0) != 0) {
            plan_cut(client, 0);
        }
        if (type != "resumed") return;
        if (text.find(R"("recovered":true)") == std::string_view::npos) ++unrecovered_;
        replayed_ += number_field(text, "replayed").value_or(0);
    }

    void on_ended(V1Client& client) override {
        ++unasked_ends_;
        crowd_.wake(client, now_ns() + retry_ns);
    }

    void on_due(V1Client& client) override {
        if (client.away()) {
            reconnect(client);
        } else if (cutting_) {
            cut(client);
        }
    }

  private:
    static double percent(std::uint64_t part, std::uint64_t whole) {
        return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
    }

    [[nodiscard]] std::uint64_t cut_every_ns() const { return options_.cut_every_ms * ms; }

    std::uint64_t between(std::uint64_t low, std::uint64_t high) {
        return std::uniform_int_distribution<std::uint64_t>(low, high - 1)(dice_);
    }

    void begin_cutting() {
        cutting_ = true;
        for (const auto& client : crowd_.clients()) plan_cut(*client, between(0, cut_every_ns()));
    }

    void plan_cut(V1Client& client, std::uint64_t in_ns) { crowd_.wake(client, now_ns() + in_ns); }

    void reconnect(V1Client& client) {
        crowd_.connect(client);
        const std::uint64_t fate = cutting_ ? between(0, 20) : 2;
        if (fate == 0) plan_cut(client, between(0, ms));
        doomed_[client.index()] = fate == 1;
    }

    void cut(V1Client& client) {
        ++cuts_;
        if (!client.live()) ++early_cuts_;
        client.cut(between(0, 2) == 0);
        cut_ns_[client.index()] = now_ns();
        const std::uint64_t offline = options_.offline_ms * ms;
        crowd_.wake(client, now_ns() + between(offline, offline + 1000 * ms));
    }

    void step(Feed& feed) {
        crowd_.poll(5);
        feed.proceed();
    }

    void run_until(Feed& feed, std::uint64_t until_ns) {
        while (now_ns() < until_ns) step(feed);
    }

    [[nodiscard]] bool all_caught_up(const Feed& feed) const {
        const std::size_t all = options_.subscribers;
        return feed.finished() && crowd_.live() == all && crowd_.have_seen(feed.published()) == all;
    }

    const Options& options_;
    Crowd crowd_;
    std::mt19937_64 dice_{20260101};     // fixed seed: runs differ only by timing
    std::vector<std::uint64_t> cut_ns_;  // by client
    std::vector<char> doomed_;           // by client: its resume will be cut
    Histogram caught_up_;
    Histogram back_;
    std::uint64_t cuts_ = 0;
    std::uint64_t early_cuts_ = 0;
    std::uint64_t replayed_ = 0;
    std::uint64_t unrecovered_ = 0;
    std::uint64_t unasked_ends_ = 0;
    std::uint64_t published_ = 0;
    std::uint64_t repeats_ = 0;
    bool cutting_ = false;
};

}  // namespace

JsonObject run_jitter(const Options& options) {
    Jitter jitter(options);
    jitter.run();
    return jitter.report();
}

}  // namespace rotacast::bench

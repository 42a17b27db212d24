#include <algorithm>
#include <stdexcept>
#include <string>
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
constexpr std::uint64_t patience_ns = 10 * second;
/// One refresh in this many is preceded by one with a token of another user.
constexpr std::uint64_t foreign_every = 50;
constexpr std::uint64_t identity_changed = 1207;
constexpr unsigned token_expired = 4401;
/// The connection of an expired token ends within a second (docs/protocol.md, "Tokens").
constexpr std::uint64_t late_max_ns = second;

std::string refresh_token(std::string_view id, const std::string& token) {
    return R"({"action":"refresh_token","id":")" + std::string(id) + R"(","token":")" + token +
           "\"}";
}

/// Answers `token_expiring` with a new token, except for the last `options.lapsing` clients.
class Refresh : public V1Watcher {
  public:
    explicit Refresh(const Options& options)
        : options_(options),
          signer_(options.secret),
          expires_at_(options.subscribers),
          asked_ns_(options.subscribers),
          crowd_(options, *this, [this](std::size_t i) { return new_token(i); }) {
        if (options.users.size() < options.subscribers || options.lapsing > options.subscribers) {
            throw std::invalid_argument("--users must name at least as many as --subscribers");
        }
    }

    void run() {
        crowd_.enter_all();
        Feed feed(options_);
        const auto wanted = static_cast<std::uint64_t>(options_.seconds * 1e9);
        // By then the clients that let their token expire are closed.
        const std::uint64_t least = (options_.token_ttl_s + 2) * second;
        run_until(feed, now_ns() + std::max(wanted, least));
        feed.stop();
        const std::uint64_t until = now_ns() + patience_ns;
        while (!settled(feed) && now_ns() < until) step(feed);
        published_ = feed.published();
    }

    [[nodiscard]] JsonObject report() const {
        const std::size_t staying = options_.subscribers - options_.lapsing;
        const std::uint64_t errors = crowd_.sum(&V1Client::errors) - foreign_refused_;
        Findings findings;
        findings.expect(disconnects_ == 0, "connections ended");
        findings.expect(refreshed_ > 0 && refreshed_ == asked_, "refreshes were not answered");
        findings.expect(foreign_refused_ == foreign_, "a token of another user was not refused");
        findings.expect(errors == 0, "refreshes were refused");
        findings.expect(lapsed_ == options_.lapsing, "an expired token's connection did not end");
        findings.expect(late_highest_ns_ <= late_max_ns,
                        "an expired token's connection ended late");
        findings.expect(crowd_.have_seen(published_) >= staying, "deliveries are missing");
        findings.expect(crowd_.sum(&SequenceCheck::skipped) == 0, "deliveries were skipped");
        findings.expect(crowd_.sum(&SequenceCheck::repeated) == 0, "deliveries came twice");
        return findings.conclude(JsonObject()
                                     .add("mode", "refresh")
                                     .add("clients", std::uint64_t{options_.subscribers})
                                     .add("token_ttl_s", std::uint64_t{options_.token_ttl_s})
                                     .add("seconds", options_.seconds)
                                     .add("refreshes", refreshed_)
                                     .add("disconnects", disconnects_)
                                     .add("foreign_tokens", foreign_)
                                     .add("foreign_refused", foreign_refused_)
                                     .add("other_errors", errors)
                                     .add("lapsed", lapsed_)
                                     .add("lapsed_late_max_ms", ms_of(late_highest_ns_))
                                     .add("events_per_schedule", published_)
                                     .add("refresh_p50_ms", answered_.quantile_ms(0.50))
                                     .add("refresh_p99_ms", answered_.quantile_ms(0.99)));
    }

    void on_notice(V1Client& client, std::string_view type, std::string_view text) override {
        if (type == "token_expiring" && !lets_token_expire(client)) refresh(client);
        const auto id = text_field(text, "id");
        if (type == "ack" && id == "refresh") {
            ++refreshed_;
            answered_.add(now_ns() - asked_ns_[client.index()]);
        }
        if (type == "error" && id == "foreign" && number_field(text, "code") == identity_changed) {
            ++foreign_refused_;
        }
    }

    void on_ended(V1Client& client) override {
        if (!lets_token_expire(client) || client.close_code() != token_expired) {
            ++disconnects_;
            return;
        }
        ++lapsed_;
        const std::uint64_t now = unix_ns();
        const std::uint64_t due = expires_at_[client.index()] * second;
        if (now < due) ++disconnects_;
        late_highest_ns_ = std::max(late_highest_ns_, now < due ? 0 : now - due);
    }

  private:
    static double ms_of(std::uint64_t ns) { return static_cast<double>(ns) / 1e6; }

    [[nodiscard]] bool lets_token_expire(const V1Client& client) const {
        return client.index() >= options_.subscribers - options_.lapsing;
    }

    std::string new_token(std::size_t index) {
        expires_at_[index] = unix_ns() / second + options_.token_ttl_s;
        return signer_.sign(options_.users[index], expires_at_[index]);
    }

    void refresh(V1Client& client) {
        const std::size_t index = client.index();
        if (asked_ % foreign_every == 0) {
            const User& other = options_.users[(index + 1) % options_.users.size()];
            const std::uint64_t end = unix_ns() / second + options_.token_ttl_s;
            client.send(refresh_token("foreign", signer_.sign(other, end)));
            ++foreign_;
        }
        asked_ns_[index] = now_ns();
        client.send(refresh_token("refresh", new_token(index)));
        ++asked_;
    }

    void step(Feed& feed) {
        crowd_.poll(5);
        feed.proceed();
    }

    void run_until(Feed& feed, std::uint64_t until_ns) {
        while (now_ns() < until_ns) step(feed);
    }

    [[nodiscard]] bool settled(const Feed& feed) const {
        return feed.finished() && refreshed_ == asked_ &&
               crowd_.have_seen(feed.published()) >= options_.subscribers - options_.lapsing;
    }

    const Options& options_;
    TokenSigner signer_;
    std::vector<std::uint64_t> expires_at_;  // by client, seconds of Unix time
    std::vector<std::uint64_t> asked_ns_;    // by client
    Crowd crowd_;
    Histogram answered_;
    std::uint64_t asked_ = 0;
    std::uint64_t refreshed_ = 0;
    std::uint64_t foreign_ = 0;
    std::uint64_t foreign_refused_ = 0;
    std::uint64_t disconnects_ = 0;
    std::uint64_t lapsed_ = 0;
    std::uint64_t late_highest_ns_ = 0;
    std::uint64_t published_ = 0;
};

}  // namespace

JsonObject run_refresh(const Options& options) {
    Refresh refresh(options);
    refresh.run();
    return refresh.report();
}

}  // namespace rotacast::bench

#include "load/feed.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string_view>

#include "load/crowd.hpp"

namespace rotacast::bench {

namespace {

constexpr std::uint64_t retry_after_ns = 100'000'000;
constexpr std::uint64_t give_up_ns = 60'000'000'000;

/// Text that compresses about as well as the messages of people and planners; a run of one
/// character would compress too well.
std::string message_of(std::uint64_t number, std::size_t bytes) {
    constexpr std::array<std::string_view, 16> words{"block",
                                                     "call",
                                                     "clinic",
                                                     "swap",
                                                     "rotation",
                                                     "ward",
                                                     "night",
                                                     "approved",
                                                     "covers",
                                                     "absent",
                                                     "moved",
                                                     "resident",
                                                     "faculty",
                                                     "weekend",
                                                     "from",
                                                     "until"};
    std::array<char, 24> front{};
    std::snprintf(front.data(), front.size(), "%010llu", static_cast<unsigned long long>(number));
    std::string message = front.data();
    std::uint64_t dice = number * 0x9e3779b97f4a7c15U + 1;
    while (message.size() < bytes) {
        dice = dice * 6364136223846793005U + 1442695040888963407U;
        message.append(" ").append(words[dice >> 60U]);
    }
    message.resize(std::max<std::size_t>(bytes, 10));
    return message;
}

}  // namespace

std::string numbered_events_request(const Options& options,
                                    std::string_view idempotency_key,
                                    std::uint64_t first,
                                    std::size_t count) {
    std::string body;
    for (std::uint64_t number = first; number < first + count; ++number) {
        const std::string message = message_of(number, options.message_bytes);
        for (std::size_t i = 0; i < options.schedules; ++i) {
            body.append(body.empty() ? "[" : ",").append(domain_event(crowd_schedule(i), message));
        }
    }
    return intake_request(options, idempotency_key, body + "]");
}

Feed::Feed(const Options& options)
    : options_(options),
      run_(std::to_string(unix_ns())),
      next_ns_(now_ns()),
      answered_ns_(next_ns_) {}

void Feed::proceed() {
    if (request_.empty()) {
        if (!stopped_ && now_ns() >= next_ns_) begin_next();
    } else if (!publisher_) {
        if (now_ns() >= retry_ns_) attempt();
    } else {
        take_answer();
    }
}

void Feed::begin_next() {
    next_ns_ += options_.interval_ms * 1'000'000;
    answered_ns_ = now_ns();
    const std::string key = run_ + '-' + std::to_string(published_ + 1);
    request_ = numbered_events_request(options_, key, published_ + 1, 1);
    attempt();
}

void Feed::attempt() {
    try {
        if (!publisher_) publisher_.emplace(options_.port);
        publisher_->start(request_);
    } catch (const std::runtime_error&) {
        lost();
    }
}

void Feed::take_answer() {
    try {
        publisher_->on_readable();
    } catch (const std::runtime_error&) {
        lost();
        return;
    }
    if (publisher_->busy()) return;
    request_.clear();
    ++published_;
}

void Feed::lost() {
    if (now_ns() - answered_ns_ > give_up_ns) throw std::runtime_error("nothing can be published");
    publisher_.reset();
    retry_ns_ = now_ns() + retry_after_ns;
    ++repeats_;
}

}  // namespace rotacast::bench

#pragma once

// Tells the demo's story to a server as a back end would: over HTTP, with an API key, with retries.

#include "demo/dice.hpp"
#include "demo/story.hpp"
#include "net/intake_client.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>

namespace rotacast::demo {

struct Options {
    double events_per_minute = 30;
    /// Without one each run tells another story, so that its swaps are not those of the last run.
    std::optional<std::uint64_t> story_seed;
    /// The longest wait before the first retry; doubles with each further one up to the bound.
    /// The wait itself is drawn from zero to it, unless the server says Retry-After.
    std::chrono::milliseconds retry_wait{250};
    std::chrono::milliseconds retry_wait_max{10'000};
};

/// Faster than this the demo's own requests are the load that one sees.
inline constexpr double events_per_minute_max = 6'000;

/// Owns one thread between start() and stop(). start() and stop() from one thread; the rest from
/// any. The programme must outlive it.
class Simulator {
  public:
    Simulator(std::string url,
              std::string api_key,
              const Programme& programme,
              Options options = {});
    ~Simulator();
    Simulator(const Simulator&) = delete;
    Simulator& operator=(const Simulator&) = delete;

    void start();

    /// Returns within milliseconds, also while a request is under way. No start() after it.
    void stop();

    /// 0 pauses; what is outside 0 to events_per_minute_max is moved to the nearer end.
    void set_speed(double events_per_minute);
    double speed() const;

    /// Events that the server has accepted.
    std::uint64_t published() const { return published_; }

  private:
    enum class Outcome { accepted, refused, stopped };

    Simulator(std::string url,
              std::string api_key,
              const Programme& programme,
              Options options,
              std::uint64_t seed);

    void tell(const std::stop_token& stop);
    Outcome publish(std::span<const events::Envelope> batch, const std::stop_token& stop);
    bool wait_for_next(const std::stop_token& stop);
    bool wait(std::chrono::milliseconds time, const std::stop_token& stop);
    std::chrono::milliseconds retry_wait(unsigned attempt);

    Story story_;
    Options options_;
    Dice dice_;
    net::IntakeClient client_;
    mutable std::mutex mutex_;  ///< of speed_
    std::condition_variable_any changed_;
    double speed_;
    std::atomic<std::uint64_t> published_ = 0;
    std::jthread thread_;
};

/// The body of a request to change the speed, `{"events_per_minute":12}`.
Result<double> parse_speed(std::string_view body);

/// The answer to it, and to the question for it.
std::string speed_json(const Simulator& simulator);

}  // namespace rotacast::demo

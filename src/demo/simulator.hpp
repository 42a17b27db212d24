#pragma once

// Publishes the demo's story to a server as a back end would: over HTTP, with an API key and
// retries.

#include "demo/dice.hpp"
#include "demo/story.hpp"
#include "http/intake_client.hpp"

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
    /// nullopt: a new story in each run, so that its swaps differ from those of the last run.
    std::optional<std::uint64_t> story_seed;
    /// The upper bound of the wait before the first retry; doubles with each further retry up to a
    /// maximum. The wait is random between zero and the bound, unless the server sends Retry-After.
    std::chrono::milliseconds retry_wait{250};
    std::chrono::milliseconds retry_wait_max{10'000};
};

/// At higher speeds the demo would mostly show the load of its own requests.
inline constexpr double events_per_minute_max = 6'000;

/// Runs one thread between start() and stop(). Call start() and stop() from one thread; the rest is
/// thread-safe. The programme must outlive it.
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

    /// Returns within milliseconds, even during a request. It cannot be started again.
    void stop();

    /// 0 pauses; values outside 0 to events_per_minute_max are clamped.
    void set_speed(double events_per_minute);
    double speed() const;

    /// Number of events that the server has accepted.
    std::uint64_t published() const { return published_; }

  private:
    enum class Outcome { accepted, refused, stopped };

    Simulator(std::string url,
              std::string api_key,
              const Programme& programme,
              Options options,
              std::uint64_t seed);

    void publish_story(const std::stop_token& stop);
    Outcome publish(std::span<const events::Envelope> batch, const std::stop_token& stop);
    bool wait_for_next(const std::stop_token& stop);
    bool wait(std::chrono::milliseconds time, const std::stop_token& stop);
    std::chrono::milliseconds retry_wait(unsigned attempt);

    Story story_;
    Options options_;
    Dice dice_;
    http::IntakeClient client_;
    mutable std::mutex mutex_;  ///< guards speed_
    std::condition_variable_any changed_;
    double speed_;
    std::atomic<std::uint64_t> published_ = 0;
    std::jthread thread_;
};

/// Parses the body of a request that changes the speed, `{"events_per_minute":12}`.
Result<double> parse_speed(std::string_view body);

/// The body of the responses of `GET` and `POST /demo/speed`.
std::string speed_json(const Simulator& simulator);

}  // namespace rotacast::demo

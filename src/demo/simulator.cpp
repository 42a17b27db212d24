#include "demo/simulator.hpp"

#include "base/json_text.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"
#include "reflect/json.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace rotacast::demo {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

std::string to_body(std::span<const events::Envelope> batch) {
    std::string out = "[";
    for (const auto& envelope : batch) {
        if (out.size() > 1) out += ',';
        events::append_envelope(out, envelope);
    }
    return out += ']';
}

std::uint64_t fresh_seed() {
    const auto words = std::bit_cast<std::array<std::uint64_t, 2>>(Uuid::random().bytes);
    return words[0] ^ words[1];
}

bool worth_retrying(int status) {
    return status == 429 || status >= 500;
}

}  // namespace

Simulator::Simulator(std::string url,
                     std::string api_key,
                     const Programme& programme,
                     Options options)
    : Simulator(std::move(url),
                std::move(api_key),
                programme,
                options,
                options.story_seed.value_or(fresh_seed())) {}

Simulator::Simulator(std::string url,
                     std::string api_key,
                     const Programme& programme,
                     Options options,
                     std::uint64_t seed)
    : story_(programme, seed, programme.day_of(now())),
      options_(options),
      dice_(seed),
      client_(url, std::move(api_key)),
      speed_(std::clamp(options.events_per_minute, 0.0, events_per_minute_max)) {}

Simulator::~Simulator() {
    stop();
}

void Simulator::start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { publish_story(stop); });
}

void Simulator::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    client_.cancel();
    thread_.join();
}

void Simulator::set_speed(double events_per_minute) {
    {
        const std::lock_guard lock(mutex_);
        speed_ = std::clamp(events_per_minute, 0.0, events_per_minute_max);
    }
    changed_.notify_all();
}

double Simulator::speed() const {
    const std::lock_guard lock(mutex_);
    return speed_;
}

void Simulator::publish_story(const std::stop_token& stop) {
    const auto schedule = story_.schedule_created();
    if (publish({&schedule, 1}, stop) == Outcome::stopped) return;
    if (publish(story_.assignments_created(), stop) == Outcome::stopped) return;
    while (wait_for_next(stop)) {
        const auto event = story_.next();
        if (publish({&event, 1}, stop) == Outcome::stopped) return;
    }
}

// The server stores a request completely or not at all, so the whole request is repeated, with the
// same idempotency key in case only the response was lost.
Simulator::Outcome Simulator::publish(std::span<const events::Envelope> batch,
                                      const std::stop_token& stop) {
    const auto key = to_string(Uuid::random());
    const auto body = to_body(batch);
    for (unsigned attempt = 0; !stop.stop_requested(); ++attempt) {
        const auto reply = client_.post("/api/v1/events", key, body);
        if (stop.stop_requested()) break;
        if (reply && reply->status >= 200 && reply->status < 300) {
            published_ += batch.size();
            return Outcome::accepted;
        }
        if (reply && !worth_retrying(reply->status)) {
            log::warn("demo: {} events of type {} refused with HTTP {}",
                      batch.size(),
                      batch.front().metadata.event_type,
                      reply->status);
            return Outcome::refused;
        }
        const auto told = reply ? reply->retry_after : std::nullopt;
        if (!wait(told ? milliseconds(*told) : retry_wait(attempt), stop)) break;
    }
    return Outcome::stopped;
}

/// Waits until the next event is due at the current speed, which may change while waiting.
bool Simulator::wait_for_next(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto from = Clock::now();
    while (!stop.stop_requested()) {
        const double speed = speed_;
        const auto is_other = [&] { return speed_ != speed; };
        if (speed <= 0) {
            changed_.wait(lock, stop, is_other);
            continue;
        }
        const auto pause = std::chrono::duration<double>(60.0 / speed);
        const auto due = from + std::chrono::duration_cast<Clock::duration>(
                                    std::min(pause, std::chrono::duration<double>(86'400)));
        if (!changed_.wait_until(lock, stop, due, is_other)) return !stop.stop_requested();
    }
    return false;
}

bool Simulator::wait(milliseconds time, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

milliseconds Simulator::retry_wait(unsigned attempt) {
    const auto bound =
        std::min(options_.retry_wait * (1 << std::min(attempt, 10U)), options_.retry_wait_max);
    return milliseconds(dice_.pick(static_cast<std::size_t>(bound.count()) + 1));
}

Result<double> parse_speed(std::string_view body) {
    const auto value = reflect::parse_json(body);
    if (!value) return value.error();
    const auto* object = value->if_object();
    const auto* speed = object ? object->if_contains("events_per_minute") : nullptr;
    if (!speed)
        return Error{ErrorCode::missing_field,
                     "Send `{\"events_per_minute\": NUMBER}`.",
                     "/events_per_minute"};
    boost::system::error_code failure;
    const auto number = speed->to_number<double>(failure);
    if (failure || number < 0 || number > events_per_minute_max)
        return Error{ErrorCode::invalid_field,
                     "The speed is a number of events per minute from 0 to 6000.",
                     "/events_per_minute"};
    return number;
}

std::string speed_json(const Simulator& simulator) {
    std::string out = "{\"events_per_minute\":";
    append_json_double(out, simulator.speed());
    return out += '}';
}

}  // namespace rotacast::demo

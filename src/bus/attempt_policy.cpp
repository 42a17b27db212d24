#include "bus/attempt_policy.hpp"

#include "base/log.hpp"

#include <boost/core/demangle.hpp>

#include <algorithm>
#include <exception>
#include <typeinfo>

namespace rotacast::bus {
namespace {

/// The first `bytes` bytes of `text` at most; never splits a UTF-8 character.
std::string cut(std::string text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
    text.resize(bytes);
    return text;
}

}  // namespace

Outcome run_handler(const Handler& handler, const Entry& entry, HandlerContext& context) {
    try {
        return handler(entry, context);
    } catch (const std::exception& thrown) {
        return Outcome::failed(boost::core::demangle(typeid(thrown).name()), thrown.what());
    } catch (...) {
        return Outcome::failed(
            "UnknownException",
            "The handler threw something that is not derived from std::exception.");
    }
}

std::optional<std::chrono::steady_clock::time_point> deadline(
    std::chrono::milliseconds timeout, std::chrono::steady_clock::time_point started) {
    if (timeout.count() <= 0) return std::nullopt;
    return started + timeout;
}

Outcome timed_out(std::chrono::milliseconds timeout) {
    return Outcome::failed(
        "Timeout", "The handler did not return within " + std::to_string(timeout.count()) + " ms.");
}

Outcome process_ended() {
    return Outcome::failed("ProcessEnded", "The process ended before the handler did.");
}

void note_failure(Delivery& delivery, const Failure& failure, Timestamp now) {
    delivery.failure.name = cut(failure.name, failure_name_bytes_max);
    delivery.failure.message = cut(failure.message, failure_message_bytes_max);
    if (!delivery.first_failure) delivery.first_failure = now;
    delivery.last_failure = now;
}

void dead_letter(Delivery& delivery) {
    delivery.state = DeliveryState::dead;
    delivery.suspect = false;
    delivery.replay = 0;
}

bool retry(Delivery& delivery,
           const Outcome& outcome,
           const RetryPolicy& policy,
           Timestamp now,
           double chance) {
    if (outcome.ending == Ending::permanent) return false;
    if (delivery.attempts >= std::max(policy.attempts, 1)) return false;
    delivery.state = DeliveryState::waiting;
    delivery.due = now + std::max(wait_after(policy, delivery.attempts, chance), outcome.wait_min);
    return true;
}

void trace(const std::string& subscriber,
           const Entry& entry,
           int attempt,
           const Outcome& outcome,
           std::chrono::microseconds duration,
           DeliveryState state) {
    if (outcome.ending == Ending::done && !spdlog::should_log(spdlog::level::debug)) return;
    const auto& metadata = entry.envelope.metadata;
    const auto level = outcome.ending == Ending::done ? spdlog::level::debug
                       : state == DeliveryState::dead ? spdlog::level::warn
                                                      : spdlog::level::info;
    spdlog::log(level,
                "{}: {} {} attempt {}: {} after {} us{}",
                subscriber,
                metadata.event_type,
                metadata.event_id ? to_string(*metadata.event_id) : "",
                attempt,
                outcome.ending == Ending::done ? "done" : outcome.failure.name,
                duration.count(),
                state == DeliveryState::dead ? ", a dead letter" : "");
}

}  // namespace rotacast::bus

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "load/histogram.hpp"
#include "load/options.hpp"
#include "load/publisher.hpp"
#include "load/sockets.hpp"
#include "load/subscriber.hpp"

namespace rotacast::bench {

/// Many subscribers and the publishers that send to them, on one epoll and one thread.
///
/// Events reach each subscriber in the order of publication, so the n-th delivery to a subscriber
/// belongs to burst n / burst size: latency needs no time stamp inside the event.
class Fleet {
  public:
    /// Commands that subscriber `index` sends after the upgrade.
    using Actions = std::function<std::vector<std::string>(std::size_t index)>;

    /// Connects `options.subscribers`; returns when the server has processed every subscription.
    /// `dialect` must outlive the fleet.
    Fleet(const Options& options, const Actions& actions, const Dialect& dialect = classic());

    /// The publisher must outlive the fleet.
    void watch(Publisher& publisher);

    /// Resets the counts; from now on bursts have `burst` events.
    void begin(std::size_t burst);
    /// A burst was published at `at_ns` (now_ns()). Call it before the request goes out.
    void published(std::uint64_t at_ns) { published_at_.push_back(at_ns); }

    /// Waits for at most `timeout_ms` and processes what is ready.
    void poll(int timeout_ms);
    /// Polls until every subscriber has received every burst and `publisher` has its response.
    /// Throws if nothing happens for 10 s or if a subscriber was closed.
    void wait_for_all(const Publisher& publisher);
    /// Polls until `publisher` has its response. Throws if that takes more than 10 s.
    void wait_for_answer(const Publisher& publisher);

    [[nodiscard]] std::uint64_t deliveries() const { return deliveries_; }
    [[nodiscard]] std::uint64_t payload_bytes() const { return payload_bytes_; }
    [[nodiscard]] std::uint64_t expected() const;
    [[nodiscard]] std::uint64_t ended() const { return ended_; }
    [[nodiscard]] const Histogram& latency() const { return latency_; }

  private:
    void connect_some(const Options& options, const Actions& actions, std::size_t count);
    void add_to_epoll(int fd, std::uint64_t key);
    void on_subscriber(Subscriber& subscriber);
    void note_latency(std::uint64_t first_delivery, std::uint64_t count);

    const Dialect& dialect_;
    Descriptor epoll_;
    std::vector<std::unique_ptr<Subscriber>> subscribers_;
    std::vector<Publisher*> publishers_;
    std::vector<std::uint64_t> published_at_;
    std::string scratch_;
    Histogram latency_;
    bool spins_ = false;
    std::size_t burst_ = 1;
    std::uint64_t deliveries_ = 0;
    std::uint64_t payload_bytes_ = 0;
    std::uint64_t ended_ = 0;
};

/// `{"action":"subscribe_schedule","schedule_id":…}`, and the same for a person.
[[nodiscard]] std::string subscribe_schedule(std::string_view schedule_id);
[[nodiscard]] std::string subscribe_person(std::string_view person_id);

/// A UUID that contains `number`; `kind` distinguishes schedules and persons.
[[nodiscard]] std::string numbered_uuid(char kind, std::size_t number);

/// Bytes of padding with which one event published through `publisher` to `schedule_id` has
/// `options.payload_bytes`; measured by publishing one. The fleet must be subscribed to it.
[[nodiscard]] std::size_t find_padding(const Options& options,
                                       Fleet& fleet,
                                       Publisher& publisher,
                                       std::string_view schedule_id);

}  // namespace rotacast::bench

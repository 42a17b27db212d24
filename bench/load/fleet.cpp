#include "load/fleet.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <stdexcept>

namespace rotacast::bench {

namespace {

/// Connections that wait for their upgrade at the same time; below any listen backlog.
constexpr std::size_t connecting_at_once = 64;
constexpr std::size_t read_bytes = 512 * 1024;
constexpr std::uint64_t publisher_key = 1ULL << 32U;
constexpr std::uint64_t stalled_ns = 10'000'000'000;

/// Subscribers are dealt to the nodes in turn.
std::uint16_t port_of(const Options& options, std::size_t index) {
    const std::size_t node = index % (1 + options.more_ports.size());
    return node == 0 ? options.port : options.more_ports[node - 1];
}

}  // namespace

Fleet::Fleet(const Options& options, const Actions& actions, const Dialect& dialect)
    : dialect_(dialect),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      scratch_(read_bytes, '\0'),
      spins_(options.spin) {
    if (epoll_.get() < 0) fail_errno("epoll_create1");
    while (subscribers_.size() < options.subscribers) {
        const std::size_t left = options.subscribers - subscribers_.size();
        connect_some(options, actions, std::min(left, connecting_at_once));
    }
}

void Fleet::connect_some(const Options& options, const Actions& actions, std::size_t count) {
    const std::size_t first = subscribers_.size();
    for (std::size_t i = first; i < first + count; ++i) {
        const Connect how{.port = port_of(options, i),
                          .source = static_cast<std::uint16_t>(1 + i / options.per_address),
                          .receive_buffer = 0,
                          .tls = options.tls};
        const std::string& token = options.tokens[i % options.tokens.size()];
        subscribers_.push_back(std::make_unique<Subscriber>(how, token, dialect_));
    }
    for (std::size_t i = first; i < first + count; ++i) {
        const auto commands = actions(i);
        subscribers_[i]->subscribe(commands.data(), commands.size());
    }
    for (std::size_t i = first; i < first + count; ++i) {
        subscribers_[i]->wait_until_subscribed();
        add_to_epoll(subscribers_[i]->fd(), i);
    }
}

void Fleet::add_to_epoll(int fd, std::uint64_t key) {
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.u64 = key;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &interest) != 0) fail_errno("epoll_ctl");
}

void Fleet::watch(Publisher& publisher) {
    add_to_epoll(publisher.fd(), publisher_key + publishers_.size());
    publishers_.push_back(&publisher);
}

void Fleet::begin(std::size_t burst) {
    for (auto& subscriber : subscribers_) subscriber->deliveries = 0;
    published_at_.clear();
    latency_ = {};
    burst_ = burst;
    deliveries_ = 0;
    payload_bytes_ = 0;
}

std::uint64_t Fleet::expected() const {
    return published_at_.size() * burst_ * subscribers_.size();
}

void Fleet::poll(int timeout_ms) {
    std::array<epoll_event, 256> ready{};
    const int count = epoll_wait(
        epoll_.get(), ready.data(), static_cast<int>(ready.size()), spins_ ? 0 : timeout_ms);
    if (count < 0 && errno != EINTR) fail_errno("epoll_wait");
    for (int i = 0; i < count; ++i) {
        const std::uint64_t key = ready[static_cast<std::size_t>(i)].data.u64;
        if (key >= publisher_key) {
            publishers_[key - publisher_key]->on_readable();
        } else {
            on_subscriber(*subscribers_[key]);
        }
    }
}

void Fleet::on_subscriber(Subscriber& subscriber) {
    const auto received = subscriber.receive(scratch_);
    if (received.deliveries > 0) note_latency(subscriber.deliveries, received.deliveries);
    subscriber.deliveries += received.deliveries;
    deliveries_ += received.deliveries;
    payload_bytes_ += received.payload_bytes;
    if (received.ended) {
        ++ended_;
        epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, subscriber.fd(), nullptr);
    }
}

void Fleet::note_latency(std::uint64_t first_delivery, std::uint64_t count) {
    const std::uint64_t now = now_ns();
    const std::uint64_t end = first_delivery + count;
    for (std::uint64_t at = first_delivery; at < end;) {
        const std::uint64_t index = at / burst_;
        const std::uint64_t upto = std::min(end, (index + 1) * burst_);
        if (index >= published_at_.size()) throw std::runtime_error("more events than published");
        latency_.add(now - published_at_[index], upto - at);
        at = upto;
    }
}

void Fleet::wait_for_all(const Publisher& publisher) {
    std::uint64_t moved_at = now_ns();
    std::uint64_t before = deliveries_;
    while (deliveries_ < expected() || publisher.busy()) {
        poll(100);
        if (ended_ > 0) throw std::runtime_error("the server closed a subscriber");
        if (deliveries_ != before) {
            before = deliveries_;
            moved_at = now_ns();
        } else if (now_ns() - moved_at > stalled_ns) {
            throw std::runtime_error("stalled at " + std::to_string(deliveries_) + " of " +
                                     std::to_string(expected()) + " deliveries");
        }
    }
}

void Fleet::wait_for_answer(const Publisher& publisher) {
    const std::uint64_t until = now_ns() + stalled_ns;
    while (publisher.busy()) {
        poll(100);
        if (now_ns() > until) throw std::runtime_error("a publish got no answer within 10 s");
    }
}

std::string subscribe_schedule(std::string_view schedule_id) {
    return R"({"action":"subscribe_schedule","schedule_id":")" + std::string(schedule_id) + "\"}";
}

std::string subscribe_person(std::string_view person_id) {
    return R"({"action":"subscribe_person","person_id":")" + std::string(person_id) + "\"}";
}

std::string numbered_uuid(char kind, std::size_t number) {
    std::array<char, 37> text{};
    std::snprintf(text.data(),
                  text.size(),
                  "%c%c%c%c%c%c%c%c-0000-4000-8000-%012zx",
                  kind,
                  kind,
                  kind,
                  kind,
                  kind,
                  kind,
                  kind,
                  kind,
                  number & 0xffffffffffffU);
    return text.data();
}

std::size_t find_padding(const Options& options,
                         Fleet& fleet,
                         Publisher& publisher,
                         std::string_view schedule_id) {
    constexpr std::size_t guess = 100;
    fleet.begin(1);
    fleet.published(now_ns());
    publisher.start(publish_request(options, schedule_id, 1, guess));
    fleet.wait_for_all(publisher);
    const std::size_t size = fleet.payload_bytes() / fleet.deliveries();
    const std::size_t wanted = guess + options.payload_bytes;
    return wanted > size ? wanted - size : 0;
}

}  // namespace rotacast::bench

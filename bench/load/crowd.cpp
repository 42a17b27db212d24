#include "load/crowd.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "load/fleet.hpp"

namespace rotacast::bench {

namespace {

constexpr std::size_t entering_at_once = 64;  // below any listen backlog
constexpr std::size_t read_bytes = 256 * 1024;
constexpr std::uint64_t stalled_ns = 10'000'000'000;

}  // namespace

Crowd::Crowd(const Options& options, V1Watcher& watcher, TokenOf token_of)
    : options_(options),
      watcher_(watcher),
      token_of_(std::move(token_of)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      scratch_(read_bytes, '\0'),
      wake_numbers_(options.subscribers) {
    if (epoll_.get() < 0) fail_errno("epoll_create1");
    for (std::size_t i = 0; i < options.subscribers; ++i) {
        clients_.push_back(std::make_unique<V1Client>(i, crowd_schedule(i % options.schedules)));
    }
}

void Crowd::enter_all() {
    std::size_t begun = 0;
    std::size_t entered = 0;
    std::uint64_t moved_at = now_ns();
    while (entered < clients_.size()) {
        while (begun < clients_.size() && begun - entered < entering_at_once) {
            connect(*clients_[begun++]);
        }
        poll(10);
        const std::size_t before = std::exchange(entered, live());
        if (entered != before) moved_at = now_ns();
        for (std::size_t i = 0; i < begun; ++i) {
            if (!clients_[i]->away()) continue;
            throw std::runtime_error("a client was refused with " +
                                     std::to_string(clients_[i]->close_code()));
        }
        if (now_ns() - moved_at > stalled_ns) throw std::runtime_error("clients do not get in");
    }
}

void Crowd::connect(V1Client& client) {
    const auto source = static_cast<std::uint16_t>(1 + client.index() / options_.per_address);
    const Connect how{.port = options_.port, .source = source, .receive_buffer = 0};
    client.connect({how, token_of_(client.index()), options_.offer_deflate});
    set_interest(client, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

void Crowd::wake(V1Client& client, std::uint64_t at_ns) {
    wakes_.push({at_ns, client.index(), ++wake_numbers_[client.index()]});
}

void Crowd::poll(int timeout_ms) {
    std::array<epoll_event, 256> ready{};
    const int count =
        epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), wait_ms(timeout_ms));
    if (count < 0 && errno != EINTR) fail_errno("epoll_wait");
    for (int i = 0; i < count; ++i) handle(*clients_[ready[static_cast<std::size_t>(i)].data.u64]);
    carry_out_due();
}

void Crowd::handle(V1Client& client) {
    const bool was_connecting = client.connecting();
    client.on_ready(scratch_, watcher_);
    // Closing a socket removes it from the epoll.
    if (was_connecting && !client.away()) set_interest(client, EPOLL_CTL_MOD, EPOLLIN);
}

void Crowd::set_interest(const V1Client& client, int operation, std::uint32_t events) {
    epoll_event interest{};
    interest.events = events;
    interest.data.u64 = client.index();
    if (epoll_ctl(epoll_.get(), operation, client.fd(), &interest) != 0) fail_errno("epoll_ctl");
}

void Crowd::carry_out_due() {
    while (!wakes_.empty() && wakes_.top().at_ns <= now_ns()) {
        const Wake wake = wakes_.top();
        wakes_.pop();
        if (wake.number == wake_numbers_[wake.index]) watcher_.on_due(*clients_[wake.index]);
    }
}

int Crowd::wait_ms(int timeout_ms) const {
    if (wakes_.empty()) return timeout_ms;
    const std::uint64_t now = now_ns();
    if (wakes_.top().at_ns <= now) return 0;
    const std::uint64_t until_due = (wakes_.top().at_ns - now) / 1'000'000 + 1;
    return static_cast<int>(std::min<std::uint64_t>(until_due, static_cast<unsigned>(timeout_ms)));
}

std::size_t Crowd::live() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(clients_, [](const auto& client) { return client->live(); }));
}

std::size_t Crowd::have_seen(std::uint64_t last) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        clients_, [last](const auto& client) { return client->events().last() >= last; }));
}

std::uint64_t Crowd::sum(std::uint64_t (V1Client::*count)() const) const {
    std::uint64_t total = 0;
    for (const auto& client : clients_) total += (*client.*count)();
    return total;
}

std::uint64_t Crowd::sum(std::uint64_t (SequenceCheck::*count)() const) const {
    std::uint64_t total = 0;
    for (const auto& client : clients_) total += (client->events().*count)();
    return total;
}

std::string crowd_schedule(std::size_t number) {
    return numbered_uuid('a', 1 + number);
}

}  // namespace rotacast::bench

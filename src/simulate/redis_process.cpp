#include "simulate/redis_process.hpp"

#include <algorithm>

namespace rotacast::simulate {

void RedisProcess::stop() {
    up_ = false;
    readers_.clear();
}

/// Some day, so that no time is 0.
std::chrono::milliseconds RedisProcess::clock() const {
    return std::chrono::milliseconds(1'700'000'000'000) + time_.now_ms();
}

void RedisProcess::arrive(const LinkPtr& link, VirtualTime::Work work) {
    const Time delay{dice_.one_in(50) ? dice_.between(5'000, 60'000) : dice_.between(50, 800)};
    link->last_arrival = std::max(link->last_arrival, time_.now() + delay);
    time_.at(link->last_arrival, [this, link, work = std::move(work)]() mutable {
        const bool lost = link->half_open || (!link->open && link->loses_requests);
        if (up_ && !lost) work();
    });
}

void RedisProcess::give_back(const LinkPtr& link, VirtualTime::Work work) {
    const Time delay{dice_.one_in(50) ? dice_.between(5'000, 60'000) : dice_.between(50, 800)};
    link->last_return = std::max(link->last_return, time_.now() + delay);
    time_.at(link->last_return, [link, work = std::move(work)]() mutable {
        if (link->open && !link->half_open) work();
    });
}

void RedisProcess::call(const LinkPtr& link, cluster::ActionId id, cluster::ScriptCall call) {
    arrive(link, [this, link, id, call = std::move(call)] {
        if (time_.now() < refuses_until_)
            return give_back(link, [link, id] {
                link->failed(id, {ErrorCode::unavailable, "READONLY", ""});
            });
        const auto first = model_.data().head ? model_.data().head->first : 1;
        auto answer = model_.run(call, clock());
        watch_(model_, call, first);
        give_back(link, [link, id, answer = std::move(answer)]() mutable {
            link->answered(id, std::move(answer));
        });
        serve_readers();
    });
}

void RedisProcess::read(
    const LinkPtr& link, cluster::ActionId id, Offset after, std::size_t limit, Time block) {
    arrive(link, [this, link, id, after, limit, block] {
        readers_.remove_if([&](const Reader& one) { return one.link == link; });
        readers_.push_back({link, id, after, limit});
        serve_readers();
        time_.after(block, [this, link, id] {
            const auto waits = std::ranges::find_if(
                readers_, [&](const Reader& one) { return one.link == link && one.id == id; });
            if (waits == readers_.end()) return;
            readers_.erase(waits);
            give_back(link, [link, id] { link->read(id, {}); });
        });
    });
}

void RedisProcess::serve_readers() {
    for (auto reader = readers_.begin(); reader != readers_.end();) {
        auto records = model_.read(reader->after, reader->limit);
        if (records.empty()) {
            ++reader;
            continue;
        }
        give_back(reader->link,
                  [link = reader->link, id = reader->id, records = std::move(records)]() mutable {
                      link->read(id, std::move(records));
                  });
        reader = readers_.erase(reader);
    }
}

}  // namespace rotacast::simulate

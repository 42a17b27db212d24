#pragma once

// Whom a line of the log was written about already: one for each address, and a bounded number of
// them, because whoever can choose an address could otherwise fill the log.

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>

namespace rotacast::http {

/// Thread: any. Only the first time for an address takes the lock.
class ToldAddresses {
  public:
    static constexpr std::size_t addresses_max = 16;

    /// True once for each of the first `addresses_max` addresses.
    bool is_first(const boost::asio::ip::address& address) {
        if (const auto size = size_.load(std::memory_order_acquire);
            size == addresses_max || has(address, size))
            return false;
        const std::lock_guard lock(mutex_);
        const auto size = size_.load(std::memory_order_relaxed);
        if (size == addresses_max || has(address, size)) return false;
        told_[size] = address;
        size_.store(size + 1,
                    std::memory_order_release);  // what is before it does not change again
        return true;
    }

  private:
    bool has(const boost::asio::ip::address& address, std::size_t size) const {
        const auto* end = told_.data() + size;
        return std::find(told_.data(), end, address) != end;
    }

    std::mutex mutex_;
    std::array<boost::asio::ip::address, addresses_max> told_;
    std::atomic<std::size_t> size_ = 0;
};

}  // namespace rotacast::http

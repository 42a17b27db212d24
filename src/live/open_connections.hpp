#pragma once

// Counts live connections by protocol, for operators.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace rotacast::live {

enum class Protocol : std::uint8_t {
    classic,
    rotacast_v1,
    event_stream,
    graphql_transport_ws,
    graphql_ws,
    graphql_stream,
};
inline constexpr std::array all_protocols{Protocol::classic,
                                          Protocol::rotacast_v1,
                                          Protocol::event_stream,
                                          Protocol::graphql_transport_ws,
                                          Protocol::graphql_ws,
                                          Protocol::graphql_stream};

/// For statistics; snake_case. Static lifetime.
constexpr std::string_view to_string(Protocol protocol) {
    constexpr std::array<std::string_view, all_protocols.size()> names{"classic",
                                                                       "rotacast_v1",
                                                                       "event_stream",
                                                                       "graphql_transport_ws",
                                                                       "graphql_ws",
                                                                       "graphql_stream"};
    return names[static_cast<std::size_t>(protocol)];
}

/// Thread: any. It must outlive its slots.
class OpenConnections {
  public:
    /// Counts one connection from enter() until it is destroyed.
    class Slot {
      public:
        Slot(Slot&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot() {
            if (count_) count_->fetch_sub(1, std::memory_order_relaxed);
        }

      private:
        friend class OpenConnections;
        explicit Slot(std::atomic<std::size_t>& count) noexcept : count_(&count) {
            count_->fetch_add(1, std::memory_order_relaxed);
        }
        std::atomic<std::size_t>* count_;
    };

    Slot enter(Protocol protocol) { return Slot(counts_[static_cast<std::size_t>(protocol)]); }
    std::size_t of(Protocol protocol) const {
        return counts_[static_cast<std::size_t>(protocol)].load(std::memory_order_relaxed);
    }

  private:
    std::array<std::atomic<std::size_t>, all_protocols.size()> counts_{};
};

}  // namespace rotacast::live

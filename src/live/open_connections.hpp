#pragma once

// How many live connections there are, by what they speak: for operators.

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

/// Thread: any. It must outlive its places.
class OpenConnections {
  public:
    /// Counts one connection from enter() until it is destroyed.
    class Place {
      public:
        Place(Place&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (count_) count_->fetch_sub(1, std::memory_order_relaxed);
        }

      private:
        friend class OpenConnections;
        explicit Place(std::atomic<std::size_t>& count) noexcept : count_(&count) {
            count_->fetch_add(1, std::memory_order_relaxed);
        }
        std::atomic<std::size_t>* count_;
    };

    Place enter(Protocol protocol) { return Place(counts_[static_cast<std::size_t>(protocol)]); }
    std::size_t of(Protocol protocol) const {
        return counts_[static_cast<std::size_t>(protocol)].load(std::memory_order_relaxed);
    }

  private:
    std::array<std::atomic<std::size_t>, all_protocols.size()> counts_{};
};

}  // namespace rotacast::live

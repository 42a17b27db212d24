#pragma once

// Messages that were heard faster than the journal stores them.

#include "bridge/channel.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rotacast::bridge {

/// In the order of hearing. Bounded in bytes of payloads: as much as Redis itself keeps for a
/// subscriber that does not read (`client-output-buffer-limit pubsub 32mb`). Thread: one.
class WaitingMessages {
  public:
    struct Message {
        Channel channel{};
        std::string payload;
    };

    explicit WaitingMessages(std::size_t bytes_max = 32 << 20) : bytes_max_(bytes_max) {}

    /// False: there is no room, and the message is lost.
    bool add(Channel channel, std::string_view payload) {
        const auto cost = payload.size() + sizeof(Message);
        if (bytes_ + cost > bytes_max_) return false;
        messages_.push_back({channel, std::string(payload)});
        bytes_ += cost;
        return true;
    }
    std::optional<Message> take() {
        if (messages_.empty()) return std::nullopt;
        auto first = std::move(messages_.front());
        messages_.pop_front();
        bytes_ -= first.payload.size() + sizeof(Message);
        return first;
    }

  private:
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::deque<Message> messages_;
};

}  // namespace rotacast::bridge

#pragma once

// Results that a higher layer (GraphQL) makes from the publications of one batch, once for all that
// select the same. The hub's own encodings are few and known in advance; selections are neither.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace rotacast::hub {

/// Limits the bytes that all batches in delivery share. Thread: any.
class SharedResultBudget {
  public:
    explicit SharedResultBudget(std::size_t bytes_max = 16 << 20) : bytes_max_(bytes_max) {}

    bool take(std::size_t bytes) noexcept {
        auto taken = taken_.load(std::memory_order_relaxed);
        do {
            if (bytes > bytes_max_ - taken) return false;
        } while (!taken_.compare_exchange_weak(taken, taken + bytes, std::memory_order_relaxed));
        return true;
    }
    void give_back(std::size_t bytes) noexcept {
        taken_.fetch_sub(bytes, std::memory_order_relaxed);
    }
    std::size_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }

  private:
    const std::size_t bytes_max_;
    std::atomic<std::size_t> taken_{0};
};

/// Lives only while its batch is being delivered, so it does not grow with the history that is
/// kept. Thread: any; the first caller that needs a result makes it, others wait for that one.
///
/// Bounded by the budget, which is reserved before anything is kept. If there is no room, each
/// caller makes its own: a thousand different selections share nothing.
class SharedResultCache {
  public:
    /// `budget` outlives it.
    SharedResultCache(std::size_t publications, SharedResultBudget& budget)
        : publications_(publications), budget_(budget) {}
    SharedResultCache(const SharedResultCache&) = delete;
    SharedResultCache& operator=(const SharedResultCache&) = delete;
    ~SharedResultCache() { budget_.give_back(taken_); }

    /// What is selected. Callers that pass the same object select the same; it is kept as long as
    /// this cache lives.
    using Key = std::shared_ptr<const std::string>;

    enum class TextState : std::uint8_t { unmade, kept, no_room };

    struct Text {
        std::mutex mutex;  ///< held while it is made
        std::atomic<TextState> state{TextState::unmade};
        std::string text;
    };

    /// One entry per publication of the batch; nullptr if there is no room for so many.
    Text* texts_of(const Key& key) {
        const std::scoped_lock lock(mutex_);
        if (const auto found = by_key_.find(key.get()); found != by_key_.end())
            return found->second.texts.get();
        if (!take(publications_ * sizeof(Text))) return nullptr;
        auto& made = by_key_[key.get()];
        made = {key, std::make_unique<Text[]>(publications_)};
        return made.texts.get();
    }

    /// Appends the result; calls `make(std::string&)` if it is not kept yet. If `make` throws, the
    /// exception propagates and nothing is kept.
    template <class Make>
    void append(std::string& out, Text& text, Make&& make) {
        auto state = text.state.load(std::memory_order_acquire);
        if (state == TextState::unmade) {
            const std::scoped_lock lock(text.mutex);
            state = text.state.load(std::memory_order_relaxed);
            if (state == TextState::unmade) {
                const auto before = out.size();
                make(out);
                const bool room = take(out.size() - before);
                if (room) text.text.assign(out, before);
                text.state.store(room ? TextState::kept : TextState::no_room,
                                 std::memory_order_release);
                return;
            }
        }
        if (state == TextState::no_room) return make(out);
        out += text.text;
    }

  private:
    struct Made {
        Key key;
        std::unique_ptr<Text[]> texts;
    };

    bool take(std::size_t bytes) noexcept {
        if (!budget_.take(bytes)) return false;
        taken_.fetch_add(bytes, std::memory_order_relaxed);
        return true;
    }

    const std::size_t publications_;
    SharedResultBudget& budget_;
    std::atomic<std::size_t> taken_{0};
    std::mutex mutex_;  // guards the members below; each text has its own mutex
    std::unordered_map<const std::string*, Made> by_key_;
};

}  // namespace rotacast::hub

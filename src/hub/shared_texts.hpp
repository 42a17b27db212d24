#pragma once

// Texts made from the publications of one batch by somebody above, once for all who want the same:
// the hub's wire forms are few and known beforehand, selections of GraphQL are neither.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace rotacast::hub {

/// Lives while its batch goes over the loops, and no longer: so it never grows with what is kept
/// of the past. Thread: any; the first who wants a text makes it, others wait for that one.
class SharedTexts {
  public:
    /// Beyond this a text is made for whoever asks: a thousand different wishes share nothing.
    static constexpr std::size_t bytes_max = 16 << 20;

    explicit SharedTexts(std::size_t publications) : publications_(publications) {}

    /// What is wanted. Who give the same object want the same; it is kept as long as this lives.
    using Wish = std::shared_ptr<const std::string>;

    struct Text {
        std::once_flag once;
        std::atomic<bool> made{false};
        std::string text;
    };

    /// One for each publication of the batch.
    Text* texts_of(const Wish& wish) {
        const std::scoped_lock lock(mutex_);
        auto& made = by_wish_[wish.get()];
        if (!made.texts) made = {wish, std::make_unique<Text[]>(publications_)};
        return made.texts.get();
    }

    /// Appends it; made by `make(std::string&)` if nobody has yet.
    template <class Make>
    void append(std::string& out, Text& text, Make&& make) {
        if (!text.made.load(std::memory_order_acquire)) {
            if (bytes_.load(std::memory_order_relaxed) >= bytes_max) return make(out);
            std::call_once(text.once, [&] {
                make(text.text);
                bytes_.fetch_add(text.text.size(), std::memory_order_relaxed);
                text.made.store(true, std::memory_order_release);
            });
        }
        out += text.text;
    }

  private:
    struct Made {
        Wish wish;
        std::unique_ptr<Text[]> texts;
    };

    const std::size_t publications_;
    std::atomic<std::size_t> bytes_{0};
    std::mutex mutex_;  // guards what follows; the texts have their own
    std::unordered_map<const std::string*, Made> by_wish_;
};

}  // namespace rotacast::hub

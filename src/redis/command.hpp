#pragma once

// A command to Redis: words, which may hold any bytes.

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace rotacast::redis {

/// Built word by word, then appended to what is sent. A value; the words are copied once.
///
///     Command("XRANGE", key, "-", "+", "COUNT", 100)
class Command {
  public:
    template <class... Words>
    explicit Command(std::string_view name, const Words&... words) {
        add(name);
        name_bytes_ = name.size();
        (add(words), ...);
    }

    Command& add(std::string_view word);
    template <std::integral Number>
    Command& add(Number number) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
        return add(std::string_view(digits, static_cast<std::size_t>(end - digits)));
    }

    /// For a command that waits, such as XREAD with BLOCK: how long the answer may take by design,
    /// in addition to a connection's time-out. Nothing else is answered on that connection
    /// meanwhile.
    Command& waits(std::chrono::milliseconds time) {
        wait_ = time;
        return *this;
    }
    std::chrono::milliseconds wait() const { return wait_; }

    /// The first word, for messages; the other words may be secret. Valid as long as the command.
    std::string_view name() const;

    /// The size of what append_to() appends.
    std::size_t bytes() const;
    /// As an array of texts (RESP2).
    void append_to(std::string& out) const;

  private:
    std::string body_;  // the words as texts of RESP2
    std::size_t words_ = 0;
    std::size_t name_bytes_ = 0;
    std::chrono::milliseconds wait_{0};
};

}  // namespace rotacast::redis

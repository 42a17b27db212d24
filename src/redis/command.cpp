#include "redis/command.hpp"

#include <array>

namespace rotacast::redis {
namespace {

/// `*12\r\n`, `$5\r\n`
struct LengthLine {
    LengthLine(char kind, std::size_t length) {
        text[0] = kind;
        auto* end = std::to_chars(text.data() + 1, text.data() + text.size() - 2, length).ptr;
        *end++ = '\r';
        *end++ = '\n';
        size = static_cast<std::size_t>(end - text.data());
    }
    std::array<char, 24> text{};
    std::size_t size = 0;
};

}  // namespace

Command& Command::add(std::string_view word) {
    const LengthLine line('$', word.size());
    body_.append(line.text.data(), line.size).append(word).append("\r\n");
    ++words_;
    return *this;
}

std::string_view Command::name() const {
    const std::string_view body(body_);
    return body.substr(body.find('\n') + 1, name_bytes_);
}

std::size_t Command::bytes() const {
    return LengthLine('*', words_).size + body_.size();
}

void Command::append_to(std::string& out) const {
    const LengthLine line('*', words_);
    out.append(line.text.data(), line.size).append(body_);
}

}  // namespace rotacast::redis

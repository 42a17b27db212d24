#include "base/time.hpp"

#include <array>

namespace rotacast {
namespace {

using namespace std::chrono;

struct Cursor {
    std::string_view rest;

    bool literal(char c) {
        if (rest.empty() || rest.front() != c) return false;
        rest.remove_prefix(1);
        return true;
    }

    bool any_of(std::string_view set) {
        if (rest.empty() || set.find(rest.front()) == std::string_view::npos) return false;
        rest.remove_prefix(1);
        return true;
    }

    std::optional<int> digits(std::size_t count) {
        if (rest.size() < count) return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (rest[i] < '0' || rest[i] > '9') return std::nullopt;
            value = value * 10 + (rest[i] - '0');
        }
        rest.remove_prefix(count);
        return value;
    }
};

std::optional<sys_days> read_date(Cursor& in) {
    const auto y = in.digits(4);
    if (!y || !in.literal('-')) return std::nullopt;
    const auto m = in.digits(2);
    if (!m || !in.literal('-')) return std::nullopt;
    const auto d = in.digits(2);
    if (!d) return std::nullopt;
    const year_month_day date{
        year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date};
}

std::optional<milliseconds> read_fraction(Cursor& in) {
    if (!in.literal('.')) return milliseconds{0};
    int value = 0;
    int count = 0;
    while (const auto digit = in.digits(1)) {
        if (count < 3) value = value * 10 + *digit;
        ++count;
    }
    if (count == 0) return std::nullopt;
    for (; count < 3; ++count) value *= 10;
    return milliseconds{value};
}

// A leap second (RFC 3339 §5.7) is read as the first instant of the next minute.
std::optional<milliseconds> read_time_of_day(Cursor& in) {
    const auto h = in.digits(2);
    if (!h || *h > 23 || !in.literal(':')) return std::nullopt;
    const auto m = in.digits(2);
    if (!m || *m > 59 || !in.literal(':')) return std::nullopt;
    const auto s = in.digits(2);
    if (!s || *s > 60) return std::nullopt;
    const auto fraction = read_fraction(in);
    if (!fraction) return std::nullopt;
    return hours{*h} + minutes{*m} + seconds{*s} + *fraction;
}

std::optional<minutes> read_zone(Cursor& in) {
    if (in.rest.empty() || in.any_of("Zz")) return minutes{0};
    const bool behind = in.literal('-');
    if (!behind && !in.literal('+')) return std::nullopt;
    const auto h = in.digits(2);
    if (!h || *h > 23 || !in.literal(':')) return std::nullopt;
    const auto m = in.digits(2);
    if (!m || *m > 59) return std::nullopt;
    const minutes offset = hours{*h} + minutes{*m};
    return behind ? -offset : offset;
}

void append_digits(std::string& out, int value, int width) {
    std::array<char, 4> text{};
    for (int i = width - 1; i >= 0; --i, value /= 10)
        text[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
    out.append(text.data(), static_cast<std::size_t>(width));
}

}  // namespace

Timestamp now() {
    return floor<milliseconds>(system_clock::now());
}

void append_timestamp(std::string& out, Timestamp time) {
    const auto midnight = floor<days>(time);
    const year_month_day date{midnight};
    const hh_mm_ss clock{time - midnight};
    append_digits(out, static_cast<int>(date.year()), 4);
    out += '-';
    append_digits(out, static_cast<int>(static_cast<unsigned>(date.month())), 2);
    out += '-';
    append_digits(out, static_cast<int>(static_cast<unsigned>(date.day())), 2);
    out += 'T';
    append_digits(out, static_cast<int>(clock.hours().count()), 2);
    out += ':';
    append_digits(out, static_cast<int>(clock.minutes().count()), 2);
    out += ':';
    append_digits(out, static_cast<int>(clock.seconds().count()), 2);
    out += '.';
    append_digits(out, static_cast<int>(clock.subseconds().count()), 3);
    out += 'Z';
}

std::string to_string(Timestamp time) {
    std::string out;
    append_timestamp(out, time);
    return out;
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
    Cursor in{text};
    const auto date = read_date(in);
    if (!date) return std::nullopt;
    if (in.rest.empty()) return Timestamp{*date};
    if (!in.any_of("Tt ")) return std::nullopt;
    const auto clock = read_time_of_day(in);
    if (!clock) return std::nullopt;
    const auto zone = read_zone(in);
    if (!zone || !in.rest.empty()) return std::nullopt;
    return Timestamp{*date} + *clock - *zone;
}

}  // namespace rotacast

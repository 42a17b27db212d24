#include "base/uuid.hpp"

#include "base/time.hpp"

#include <boost/uuid/name_generator_sha1.hpp>

#include <sys/random.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <stdexcept>

namespace rotacast {
namespace {

constexpr std::uint8_t no_digit = 0xff;

/// Indexed by character. Every event holds several identifiers, so parsing one must be cheap.
constexpr auto hex_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::uint8_t i = 0; i < 10; ++i) values[std::size_t{'0'} + i] = i;
    for (std::uint8_t i = 0; i < 6; ++i)
        values[std::size_t{'a'} + i] = values[std::size_t{'A'} + i] =
            static_cast<std::uint8_t>(10 + i);
    return values;
}();

std::uint8_t hex_value(char c) {
    return hex_values[static_cast<unsigned char>(c)];
}

/// Reads exactly 8-4-4-4-12, by far the most frequent form.
bool parse_canonical(std::string_view text, Uuid& to) {
    constexpr std::array<std::uint8_t, 16> places{
        0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
    if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' ||
        text[23] != '-')
        return false;
    std::uint8_t all = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto high = hex_value(text[places[i]]);
        const auto low = hex_value(text[places[i] + 1U]);
        all |= high | low;
        to.bytes[i] = static_cast<std::uint8_t>((high << 4) | low);
    }
    return all <= 0x0f;
}

std::string_view without_decoration(std::string_view text) {
    for (const std::string_view prefix : {"urn:", "uuid:"})
        if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    while (!text.empty() && (text.front() == '{' || text.front() == '}')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == '{' || text.back() == '}')) text.remove_suffix(1);
    return text;
}

std::uint64_t mix(std::uint64_t x) {  // the finalizer of SplitMix64
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

// One system call provides the bytes of many identifiers. After a fork, both processes would use
// the same remaining bytes; this process does not fork.
class RandomBytes {
  public:
    void take(std::span<std::uint8_t> to) {
        if (left_ < to.size()) refill();
        left_ -= to.size();
        std::memcpy(to.data(), pool_.data() + left_, to.size());
    }

  private:
    void refill() {
        // getrandom(2): requests of up to 256 bytes are not interrupted by signals.
        static_assert(sizeof pool_ <= 256);
        if (::getrandom(pool_.data(), pool_.size(), 0) != static_cast<ssize_t>(pool_.size()))
            throw std::runtime_error("the system's random generator is not available");
        left_ = pool_.size();
    }

    std::array<std::uint8_t, 256> pool_{};
    std::size_t left_ = 0;
};

void set_version(Uuid& uuid, std::uint8_t version) {
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | (version << 4));
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
    Uuid uuid;
    if (parse_canonical(text, uuid)) return uuid;
    uuid = {};
    text = without_decoration(text);
    std::size_t digits = 0;
    for (const char c : text) {
        if (c == '-') continue;
        const auto value = hex_value(c);
        if (value == no_digit || digits == 32) return std::nullopt;
        auto& byte = uuid.bytes[digits / 2];
        byte = static_cast<std::uint8_t>((byte << 4) | value);
        ++digits;
    }
    if (digits != 32) return std::nullopt;
    return uuid;
}

Uuid Uuid::random() {
    thread_local RandomBytes generator;
    Uuid uuid;
    generator.take(uuid.bytes);
    set_version(uuid, 4);
    return uuid;
}

Uuid Uuid::time_ordered() {
    auto uuid = random();
    auto time = static_cast<std::uint64_t>(now().time_since_epoch().count());
    for (std::size_t i = 6; i-- > 0; time >>= 8) uuid.bytes[i] = static_cast<std::uint8_t>(time);
    set_version(uuid, 7);
    return uuid;
}

Uuid Uuid::named(const Uuid& space, std::string_view name) {
    boost::uuids::uuid of{};
    std::ranges::copy(space.bytes, of.begin());
    const auto made = boost::uuids::name_generator_sha1(of)(name.data(), name.size());
    Uuid uuid;
    std::ranges::copy(made, uuid.bytes.begin());
    return uuid;
}

Uuid Uuid::derived(const Uuid& from, std::uint64_t index) {
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), from.bytes.data(), 16);
    words[0] = mix(words[0] + (index + 1) * 0x9e3779b97f4a7c15ULL);
    words[1] = mix(words[1] ^ words[0]);
    Uuid uuid;
    std::memcpy(uuid.bytes.data(), words.data(), 16);
    set_version(uuid, 8);
    return uuid;
}

void append_uuid(std::string& out, const Uuid& uuid) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::array<char, 36> text{};
    auto* at = text.data();
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
        *at++ = hex[uuid.bytes[i] >> 4];
        *at++ = hex[uuid.bytes[i] & 15];
    }
    out.append(text.data(), text.size());
}

std::string to_string(const Uuid& uuid) {
    std::string out;
    out.reserve(36);
    append_uuid(out, uuid);
    return out;
}

}  // namespace rotacast

// Clients may choose identifiers, so the hash is mixed with a seed per process: nobody outside can
// aim many of them at one bucket.
std::size_t std::hash<rotacast::Uuid>::operator()(const rotacast::Uuid& uuid) const noexcept {
    static const std::uint64_t seed = [] {
        std::uint64_t value = 0x2545f4914f6cdd1dULL;
        (void)::getrandom(&value, sizeof value, 0);
        return value;
    }();
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), uuid.bytes.data(), 16);
    return rotacast::mix(words[0] ^ rotacast::mix(words[1] ^ seed));
}

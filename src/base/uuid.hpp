#pragma once

// A 128-bit identifier. Parsing accepts the forms that the original's clients may send (upper case,
// braces, urn:uuid:, without hyphens; wire specification §1.5); output is always the lower-case
// form of 36 characters. Version and variant bits are not checked.

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const Uuid&) const = default;

    /// Returns nullopt unless `text` is one of the accepted forms. Does not allocate.
    static std::optional<Uuid> parse(std::string_view text);

    /// A new random identifier (version 4) from the system's generator. Thread-safe.
    static Uuid random();

    /// A new version 7 identifier (RFC 9562 §5.7). Its first 48 bits are the time in ms, so that
    /// later ones sort behind earlier ones and an index over them grows at its end.
    static Uuid time_ordered();

    /// The version 5 identifier of `name` within a namespace (RFC 9562 §5.5): always the same. Its
    /// hash, SHA-1, does not resist whoever makes two names on purpose.
    static Uuid named(const Uuid& space, std::string_view name);

    /// A version 8 identifier that depends on the arguments alone. Not a cryptographic hash,
    /// because both arguments come from this server. Used as the id of the second and later views
    /// of one event.
    static Uuid derived(const Uuid& from, std::uint64_t index);
};

void append_uuid(std::string& out, const Uuid& uuid);
std::string to_string(const Uuid& uuid);

}  // namespace rotacast

template <>
struct std::hash<rotacast::Uuid> {
    std::size_t operator()(const rotacast::Uuid& uuid) const noexcept;
};

#pragma once

// Decodes JSON into described structs. Lenient with unknown keys, which are collected, and with
// both spellings of keys (snake_case first). A wrong type or a missing member is an error with the
// JSON pointer of the offending value; decoding goes on behind it, so that one error tells of all.
// Messages never repeat values.

#include "base/error.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"
#include "reflect/describe.hpp"
#include "reflect/json.hpp"
#include "reflect/naming.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::reflect {

/// The members' names in camelCase, computed once per type.
template <Described T>
const auto& camel_names() {
    static constexpr auto count = description_of<T>.size;
    static const auto names = [] {
        std::array<std::string, count> made;
        std::size_t i = 0;
        for_each_member<T>([&](const auto& m) { made[i++] = to_camel(m.name); });
        return made;
    }();
    return names;
}

/// State of one decoding: the current path, the errors, and the ignored keys. What was decoded is
/// usable only if there is no error.
class Decoder {
  public:
    explicit Decoder(std::string base_path = {}) : path_(std::move(base_path)) {}

    bool decode(std::string& to, const json::value& from);
    bool decode(Uuid& to, const json::value& from);
    bool decode(Timestamp& to, const json::value& from);
    bool decode(bool& to, const json::value& from);
    bool decode(std::int64_t& to, const json::value& from);
    bool decode(double& to, const json::value& from);
    bool decode(json::object& to, const json::value& from);
    bool decode(json::value& to, const json::value& from);

    template <class T>
    bool decode(std::optional<T>& to, const json::value& from) {
        if (from.is_null()) {
            to.reset();
            return true;
        }
        return decode(to.emplace(), from);
    }

    template <class T>
    bool decode(std::vector<T>& to, const json::value& from) {
        const auto* array = from.if_array();
        if (!array) return refuse("an array");
        to.clear();
        to.reserve(array->size());
        bool good = true;
        for (std::size_t i = 0; i < array->size() && !full_; ++i) {
            const Step step(*this, std::to_string(i));
            good = decode(to.emplace_back(), (*array)[i]) && good;
        }
        return good;
    }

    template <Described T>
    bool decode(T& to, const json::value& from) {
        const auto* object = from.if_object();
        if (!object) return refuse("an object");
        std::vector<std::string_view> known;
        return decode_members(to, *object, known) && note_unknown(*object, known);
    }

    /// Reads T's members from `object`. Appends the keys that it looked up to `known`, so that a
    /// caller that reads further keys itself can report the unknown ones (note_unknown).
    template <Described T>
    bool decode_members(T& to, const json::object& object, std::vector<std::string_view>& known) {
        bool good = true;
        std::size_t i = 0;
        for_each_member<T>([&](const auto& m) {
            if (full_) return;
            const auto* value = find(object, m.name, camel_names<T>()[i++], known);
            good = (value ? decode_at(to.*m.pointer, *value, m.name)
                          : may_be_absent(to.*m.pointer, m.traits) || refuse_missing(m.name)) &&
                   good;
        });
        return good;
    }

    bool note_unknown(const json::object& object, const std::vector<std::string_view>& known);

    /// Decodes `from`, whose path is the current one extended by `key`.
    template <class T>
    bool decode_at(T& to, const json::value& from, std::string_view key) {
        const Step step(*this, key);
        return decode(to, from);
    }

    /// These record an error at the current path and return false.
    bool refuse(std::string_view expected);
    bool refuse_missing(std::string_view key);
    bool refuse_as(ErrorCode code, std::string message);

    /// The first error, with the others.
    const std::optional<Error>& error() const { return error_; }
    /// Whether an error was recorded at a path that ends so.
    bool refused_at(std::string_view path_end) const;
    const std::vector<std::string>& ignored() const { return ignored_; }
    const std::string& path() const { return path_; }

    /// Extends the path (RFC 6901) as long as it exists.
    class Step {
      public:
        Step(Decoder& decoder, std::string_view key);
        ~Step();
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;

      private:
        Decoder& decoder_;
        std::size_t length_;
    };

    /// Finds the member by its snake_case name, else by its camelCase name. Adds the name that was
    /// found to `known`.
    static const json::value* find(const json::object& object,
                                   std::string_view snake,
                                   std::string_view camel,
                                   std::vector<std::string_view>& known);

  private:
    template <class T>
    static bool may_be_absent(const T&, Trait traits) {
        return has(traits, Trait::defaulted);
    }
    template <class T>
    static bool may_be_absent(const std::optional<T>&, Trait) {
        return true;
    }

    std::string path_;
    std::optional<Error> error_;
    bool full_ = false;  // no further error would be reported
    std::vector<std::string> ignored_;
};

/// At most this many ignored paths are reported in one response.
inline constexpr std::size_t ignored_paths_max = 64;

template <Described T>
Result<T> decode(const json::value& from) {
    Decoder decoder;
    T to{};
    if (!decoder.decode(to, from)) return *decoder.error();
    return to;
}

}  // namespace rotacast::reflect

#pragma once

// Reads the replies of the scripts.

#include "base/error.hpp"
#include "base/uuid.hpp"
#include "cluster/stream_record.hpp"
#include "redis/reply.hpp"

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::cluster {

inline Error not_understood(const char* what) {
    return {
        ErrorCode::internal,
        std::string("Redis holds or answers something that this version does not understand (") +
            what + "). Run one version of Rotacast on one --redis-prefix.",
        ""};
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Reads an array from the front. After something unexpected, failed() is true and all values are
/// empty.
class ArrayReader {
  public:
    explicit ArrayReader(const redis::Reply& reply) : array_(reply.array()), failed_(!array_) {}

    bool failed() const { return failed_; }
    bool at_end() const { return failed_ || at_ == array_->size(); }

    std::string text() {
        const auto* reply = next();
        const auto* found = reply ? reply->text() : nullptr;
        if (!found) failed_ = true;
        return found ? *found : std::string();
    }

    template <class Number = Offset>
    Number number() {
        const auto found = number_in<Number>(text());
        if (!found) failed_ = true;
        return found.value_or(Number{});
    }

    Uuid uuid() {
        const auto found = Uuid::parse(text());
        if (!found) failed_ = true;
        return found.value_or(Uuid{});
    }

    /// Calls `read` with a reader of each element of the next array.
    template <class Read>
    void each(Read read) {
        const auto* reply = next();
        const auto* inner = reply ? reply->array() : nullptr;
        if (!inner) failed_ = true;
        if (failed_) return;
        for (const auto& element : *inner) {
            ArrayReader reader(element);
            read(reader);
            failed_ = failed_ || reader.failed();
        }
    }

    /// The same for an array of texts.
    template <class Take>
    void each_text(Take take) {
        const auto* reply = next();
        if (!reply) return;
        ArrayReader texts(*reply);
        while (!texts.at_end()) take(texts.text());
        failed_ = failed_ || texts.failed();
    }

  private:
    const redis::Reply* next() {
        if (at_end()) {
            failed_ = true;
            return nullptr;
        }
        return &(*array_)[at_++];
    }

    const redis::Array* array_;
    std::size_t at_ = 0;
    bool failed_;
};

}  // namespace rotacast::cluster

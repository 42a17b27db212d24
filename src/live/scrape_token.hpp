#pragma once

// The credential of Prometheus, which opens GET /metrics and nothing else.

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/crypto.h>

namespace rotacast::live {

/// Thread-safe.
class ScrapeToken {
  public:
    /// Empty: there is none, and nothing opens the endpoint.
    explicit ScrapeToken(std::string token) : token_(std::move(token)) {}

    void replace(std::string token) {
        const std::scoped_lock lock(mutex_);
        token_ = std::move(token);
    }

    bool exists() const {
        const std::scoped_lock lock(mutex_);
        return !token_.empty();
    }

    /// Whether the value of an Authorization header contains it. How long that takes says nothing
    /// about how much of it was right.
    bool opens(std::string_view authorization) const {
        constexpr std::string_view scheme = "bearer ";
        if (authorization.size() <= scheme.size()) return false;
        for (std::size_t i = 0; i < scheme.size(); ++i)
            if (lower(authorization[i]) != scheme[i]) return false;
        authorization.remove_prefix(scheme.size());
        const std::scoped_lock lock(mutex_);
        return !token_.empty() && authorization.size() == token_.size() &&
               CRYPTO_memcmp(authorization.data(), token_.data(), token_.size()) == 0;
    }

  private:
    static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }

    mutable std::mutex mutex_;
    std::string token_;  // guarded by mutex_
};

}  // namespace rotacast::live

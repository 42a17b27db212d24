#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rotacast::bench {

/// The claims of a token about its user.
struct User {
    std::string id;
    std::string name;
};

/// Makes access tokens (HS256, RFC 7515) like the server, with its secret: a measurement needs tens
/// of thousands of short-lived ones while it runs.
class TokenSigner {
  public:
    explicit TokenSigner(std::string secret) : secret_(std::move(secret)) {}

    /// Issued now, expires at `expires_at` (seconds of Unix time).
    [[nodiscard]] std::string sign(const User& user, std::uint64_t expires_at);

  private:
    std::string secret_;
    std::size_t made_ = 0;
};

/// Wall-clock time in nanoseconds since 1970.
[[nodiscard]] std::uint64_t unix_ns();

}  // namespace rotacast::bench

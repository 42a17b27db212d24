#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rotacast::bench {

/// A user of the server: what a token says about its owner.
struct User {
    std::string id;
    std::string name;
};

/// Makes access tokens (HS256, RFC 7515) as the server does, with its own secret: tens of thousands
/// of short ones are needed while the measurement runs.
class TokenSigner {
  public:
    explicit TokenSigner(std::string secret) : secret_(std::move(secret)) {}

    /// Issued now, ends at `expires_at` (seconds of Unix time).
    [[nodiscard]] std::string sign(const User& user, std::uint64_t expires_at);

  private:
    std::string secret_;
    std::size_t made_ = 0;
};

/// Wall-clock time in nanoseconds since 1970.
[[nodiscard]] std::uint64_t unix_ns();

}  // namespace rotacast::bench

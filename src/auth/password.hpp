#pragma once

// Passwords as bcrypt hashes, by the system's crypt(3). Slow on purpose: about a quarter of a
// second at cost 12, so never on a loop's thread. Every method may be called from any thread.

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace rotacast::auth {

/// bcrypt reads no further.
inline constexpr std::size_t password_bytes_max = 72;

class Passwords {
  public:
    /// `cost` is the logarithm of the work, 4 to 31; what is outside is moved to the nearer end.
    explicit Passwords(int cost = 12);

    /// A `$2b$` hash with fresh salt. `invalid_field` for an empty password, for one beyond
    /// password_bytes_max (it would be cut silently), and for one with a NUL byte.
    Result<std::string> hash(std::string_view password) const;

    /// True when `hashed` is a `$2a$`, `$2b$` or `$2y$` hash of `password`. A hash that cannot be
    /// used costs the same time as one that can.
    bool verify(std::string_view password, std::string_view hashed) const;

    /// Takes as long as verify() of a hash of this cost: for a user name that nobody has, so
    /// that the time of the answer does not tell.
    void verify_dummy(std::string_view password) const;

  private:
    int cost_;
    std::string dummy_setting_;
};

}  // namespace rotacast::auth

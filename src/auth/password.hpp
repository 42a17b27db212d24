#pragma once

// Passwords as bcrypt hashes, by the system's crypt(3). Deliberately slow: about a quarter of a
// second at cost 12, so never call on a loop's thread. Every method may be called from any thread.

#include "base/error.hpp"
#include "config/authentication.hpp"

#include <string>
#include <string_view>

namespace rotacast::auth {

/// bcrypt ignores further bytes.
inline constexpr std::size_t password_bytes_max = 72;

class Passwords {
  public:
    /// `cost` is the base-2 logarithm of the number of rounds, clamped to 4 to 31.
    explicit Passwords(int cost = static_cast<int>(config::Login{}.bcrypt_cost));

    /// Returns a `$2b$` hash with a fresh salt. Errors: `invalid_field` for an empty password, one
    /// longer than password_bytes_max (bcrypt would silently cut it), and one with a NUL byte.
    Result<std::string> hash(std::string_view password) const;

    /// Whether `hashed` is a `$2a$`, `$2b$` or `$2y$` hash of `password`. An unusable hash takes as
    /// long as a usable one.
    bool verify(std::string_view password, std::string_view hashed) const;

    /// Takes as long as verify() with a hash of this cost. Use for unknown user names, so that the
    /// response time does not reveal them.
    void verify_dummy(std::string_view password) const;

  private:
    int cost_;
    std::string dummy_setting_;
};

}  // namespace rotacast::auth

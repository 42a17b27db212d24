#pragma once

// Owners of the JOSE library's objects. A key is immutable once made, so any thread may sign or
// verify with it.

#include <memory>

struct _cjose_jwk_int;  // NOLINT(bugprone-reserved-identifier): cjose's own names
struct _cjose_jws_int;  // NOLINT(bugprone-reserved-identifier)

namespace rotacast::auth {

struct JoseRelease {
    void operator()(_cjose_jwk_int* key) const;
    void operator()(_cjose_jws_int* jws) const;
};
using JwkPtr = std::unique_ptr<_cjose_jwk_int, JoseRelease>;
using JwsPtr = std::unique_ptr<_cjose_jws_int, JoseRelease>;

/// nullptr: no key.
using SharedJwk = std::shared_ptr<const _cjose_jwk_int>;

}  // namespace rotacast::auth

#pragma once

// What is said of a journal that could not be written.

#include "base/error.hpp"

namespace rotacast::store {

/// Of a failed transaction: nothing was stored.
inline Error nothing_stored(const Error& cause) {
    return {ErrorCode::unavailable, cause.message, ""};
}

/// After an input/output error: the file that is opened anew will say.
inline Error nothing_known(const Error& cause) {
    return {ErrorCode::unavailable,
            cause.message +
                " It is not known whether the events were stored; sent again with the "
                "same identifiers they are stored once.",
            ""};
}

inline Error not_open() {
    return {ErrorCode::unavailable, "The journal's disk has failed; it is tried again.", ""};
}

}  // namespace rotacast::store

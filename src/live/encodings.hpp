#pragma once

// The ways in which publications leave: a dialect's text in a WebSocket frame of ours, plain or
// compressed, or in a record of server-sent events.

#include "hub/publication.hpp"
#include "net/deflate.hpp"

namespace rotacast::live {

enum Encoding : hub::EncodingId {
    classic_snake,
    classic_camel,
    // For connections that agreed on permessage-deflate, with the options given to encodings().
    classic_snake_deflate,
    classic_camel_deflate,
    v1_plain,
    v1_deflate,
    v1_sse,
};

/// Compressed forms use the window of `deflate`, and its threshold; as an Encode knows nothing but
/// its publication, the threshold is the process's: the last call counts. (It decides about size,
/// never about what a peer can read.) Lives as long as the process. Thread: any.
const hub::Encodings& encodings(const net::DeflateOptions& deflate = {});

}  // namespace rotacast::live

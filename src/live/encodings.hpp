#pragma once

// How publications are encoded: a dialect's text in a WebSocket frame, plain or compressed, or in a
// record of server-sent events, plain or as a chunk.

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
    v1_sse,          // to HTTP/1.0
    v1_sse_chunked,  // to HTTP/1.1
};

/// Compressed encodings use the window and the threshold of `deflate`. An Encode function receives
/// only its publication, so the threshold is global: the last call wins. (It affects size only,
/// never what a peer can read.) Static lifetime. Thread: any.
const hub::Encodings& encodings(const net::DeflateOptions& deflate = {});

}  // namespace rotacast::live

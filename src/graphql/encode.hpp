#pragma once

// Encodes the numbers of the vocabulary for reflect::encode, which knows its texts: for answers
// that are given in JSON outside of GraphQL, too.

#include "graphql/vocabulary.hpp"
#include "reflect/encode.hpp"

#include <string>

namespace rotacast::graphql {

inline void encode(std::string& out, const BigInt& v, reflect::EncodeOptions) {
    append_json_integer(out, v.value);
}
inline void encode(std::string& out, const RowId& v, reflect::EncodeOptions) {
    append_json_integer(out, v.value);
}

}  // namespace rotacast::graphql

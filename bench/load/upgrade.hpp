#pragma once

// The opening handshake of a client (RFC 6455 §4.1), with the sample key of §1.3: its answer is
// known, so that no SHA-1 is needed here.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::bench {

/// `headers`: more of them, each with its CR LF.
[[nodiscard]] std::string upgrade_request(std::string_view path,
                                          std::string_view token,
                                          std::string_view headers);

/// Size of the answer's head at the front of `bytes`; nothing while it is not complete.
[[nodiscard]] std::optional<std::size_t> upgrade_answer_size(std::string_view bytes);

/// Whether a complete answer is a 101 for this key.
[[nodiscard]] bool upgrade_agreed(std::string_view answer);

}  // namespace rotacast::bench

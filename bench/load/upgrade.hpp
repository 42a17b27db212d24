#pragma once

// The client's opening handshake (RFC 6455 §4.1) with the sample key of §1.3, whose answer is
// known, so that no SHA-1 is needed.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rotacast::bench {

/// `headers`: additional headers, each ending with CR LF.
[[nodiscard]] std::string upgrade_request(std::string_view path,
                                          std::string_view token,
                                          std::string_view headers);

/// Size of the response's header at the start of `bytes`; nullopt while it is incomplete.
[[nodiscard]] std::optional<std::size_t> upgrade_answer_size(std::string_view bytes);

/// True if a complete response is a 101 for this key.
[[nodiscard]] bool upgrade_agreed(std::string_view answer);

}  // namespace rotacast::bench

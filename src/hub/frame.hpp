#pragma once

// Encoded bytes ready to send, shared by all recipients.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace rotacast::hub {

class SharedPages;
struct Slice;

/// One or more whole WebSocket frames (or SSE records), concatenated. Immutable; a copy shares the
/// bytes. `owner` keeps `bytes` and `slice` alive; without an owner they are valid only during the
/// call that passes the frame.
struct Frame {
    std::shared_ptr<const void> owner;
    std::string_view bytes;
    const Slice* slice = nullptr;  ///< the publications encoded in `bytes`; nullptr for replies
    /// The same bytes for sendfile(2). Valid only during the call that passes the frame, even if
    /// the frame has an owner.
    const SharedPages* pages = nullptr;

    /// A frame that remains valid after the call: shares the bytes if there is an owner, else
    /// copies them.
    Frame kept() const;

    static Frame of(std::string text) {
        auto owned = std::make_shared<const std::string>(std::move(text));
        const std::string_view view = *owned;
        return {std::move(owned), view};
    }
};

}  // namespace rotacast::hub

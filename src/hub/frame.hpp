#pragma once

// Bytes ready for the wire, shared by everybody who gets them.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace rotacast::hub {

class SharedPages;
struct Slice;

/// One or several whole WebSocket frames (or SSE records) behind each other. Immutable; copying
/// shares. `owner` keeps `bytes` and `slice` alive; without one they live as long as the call that
/// hands the frame over.
struct Frame {
    std::shared_ptr<const void> owner;
    std::string_view bytes;
    const Slice* slice = nullptr;  ///< the publications that these bytes spell; none for replies
    /// The same bytes for sendfile(2). Lives as long as the call that hands the frame over, whoever
    /// owns the rest.
    const SharedPages* pages = nullptr;

    /// The same to be kept beyond the call: shared if it has an owner, else copied.
    Frame kept() const;

    static Frame of(std::string text) {
        auto owned = std::make_shared<const std::string>(std::move(text));
        const std::string_view view = *owned;
        return {std::move(owned), view};
    }
};

}  // namespace rotacast::hub

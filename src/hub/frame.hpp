#pragma once

// Bytes ready for the wire, shared by everybody who gets them.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace rotacast::hub {

struct Slice;

/// One or several whole WebSocket frames (or SSE records) behind each other. Immutable; copying
/// shares. `owner` keeps `bytes` and `slice` alive.
struct Frame {
    std::shared_ptr<const void> owner;
    std::string_view bytes;
    const Slice* slice = nullptr;  ///< the publications that these bytes spell; none for replies

    static Frame of(std::string text) {
        auto owned = std::make_shared<const std::string>(std::move(text));
        const std::string_view view = *owned;
        return {std::move(owned), view};
    }
};

}  // namespace rotacast::hub

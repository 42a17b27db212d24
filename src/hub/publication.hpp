#pragma once

// Where types stop and bytes begin. A publication is what screens may see of one event; a batch
// of them is encoded once per wire form, when the first recipient of that form turns up, and
// every recipient on every loop shares those bytes.

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "events/catalogue.hpp"
#include "hub/frame.hpp"
#include "hub/topic.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace rotacast::hub {

struct Publication {
    std::string cursor;
    Uuid event_id;
    Timestamp timestamp;
    events::ClientEvent event;
    std::vector<Topic> topics;
};

/// A way of spelling publications on a wire; an index into WireForms.
using FormId = std::uint8_t;
inline constexpr std::size_t wire_forms_max = 8;

/// Appends one publication, framed, ready to be sent behind others. Pure; any thread.
using Encode = void (*)(const Publication&, std::string& out);
using WireForms = std::array<Encode, wire_forms_max>;

/// Publications in journal order. Immutable; shared between loops by shared_ptr.
class PublicationBatch : public std::enable_shared_from_this<PublicationBatch> {
  public:
    PublicationBatch(std::vector<Publication> publications, const WireForms& forms);

    const std::vector<Publication>& publications() const { return publications_; }

    /// The publications with these indexes (ascending) as one frame. Those that stand next to
    /// each other in the batch are a view into the batch's bytes; others are concatenated.
    /// Thread: any; the first caller of a form encodes, others wait for it.
    Frame frame(FormId form, std::span<const std::uint32_t> indexes) const;

  private:
    struct Encoded {
        std::once_flag once;
        std::string bytes;
        std::vector<std::size_t> ends;
    };

    const Encoded& encoded(FormId form) const;

    std::vector<Publication> publications_;
    const WireForms& forms_;
    mutable std::array<Encoded, wire_forms_max> encoded_;
};
using PublicationBatchPtr = std::shared_ptr<const PublicationBatch>;

}  // namespace rotacast::hub

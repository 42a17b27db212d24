#pragma once

// Publications in journal order, encoded once per wire form, when the first recipient of that form
// turns up; every recipient on every loop shares those bytes.

#include "hub/frame.hpp"
#include "hub/publication.hpp"

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace rotacast::hub {

/// What the journal holds behind `after`, up to and with `up_to`: all of its publications.
struct JournalRange {
    events::Offset after = 0;
    events::Offset up_to = 0;
    std::size_t bytes = 0;  ///< about what its events take as JSON
    std::vector<Publication> publications;
    std::string epoch = {};  ///< of the journal; offsets count within it
};

/// Immutable; shared between loops by shared_ptr.
class PublicationBatch : public std::enable_shared_from_this<PublicationBatch> {
  public:
    PublicationBatch(JournalRange stretch, const Encodings& forms);

    const std::string& epoch() const { return stretch_.epoch; }
    events::Offset after() const { return stretch_.after; }
    events::Offset up_to() const { return stretch_.up_to; }
    std::size_t bytes() const { return stretch_.bytes; }
    const std::vector<Publication>& publications() const { return stretch_.publications; }

    /// Where one is before the publication with this index, and has not missed it.
    events::Position place_before(std::uint32_t index) const;

    /// The publications with these indexes (ascending, not none) as one frame. Neighbours that make
    /// up a good part of the batch are a view into its bytes; others are copied, so that a slow
    /// client's one event keeps no large batch in memory.
    /// Thread: any; the first caller of a form encodes, others wait for it.
    Frame frame(EncodingId form, std::span<const std::uint32_t> indexes) const;

  private:
    struct Encoded {
        std::once_flag once;
        std::string bytes;
        std::vector<std::size_t> ends;
    };

    const Encoded& encoded(EncodingId form) const;

    JournalRange stretch_;
    const Encodings& encodings_;
    mutable std::array<Encoded, wire_forms_max> encoded_;
};
using PublicationBatchPtr = std::shared_ptr<const PublicationBatch>;

/// Some publications of a batch in one form: what a frame spells.
struct Slice {
    std::weak_ptr<const PublicationBatch> batch;  ///< a frame that waits for long outlives it
    std::vector<std::uint32_t> indexes;
    EncodingId form = 0;
    events::Position before;  ///< where one is who has missed none of them
    events::Position last;    ///< of the last of them
};

}  // namespace rotacast::hub

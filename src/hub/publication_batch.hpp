#pragma once

// Publications in journal order. Encoded once per encoding, when the first recipient needs it; all
// recipients on all loops share those bytes.

#include "hub/frame.hpp"
#include "hub/publication.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace rotacast::hub {

/// The journal's content after `after`, up to and including `up_to`: all of its publications.
struct JournalRange {
    events::Offset after = 0;
    events::Offset up_to = 0;
    std::size_t bytes = 0;  ///< approximate size of its events as JSON
    std::vector<Publication> publications;
    std::string epoch = {};  ///< of the journal; offsets count within it
    Timestamp stored_at{};   ///< when the journal stored the first entry
};

/// Immutable; shared between loops by shared_ptr.
class PublicationBatch : public std::enable_shared_from_this<PublicationBatch> {
  public:
    PublicationBatch(JournalRange range, const Encodings& encodings);

    const std::string& epoch() const { return range_.epoch; }
    events::Offset after() const { return range_.after; }
    events::Offset up_to() const { return range_.up_to; }
    std::size_t bytes() const { return range_.bytes; }
    Timestamp stored_at() const { return range_.stored_at; }
    const std::vector<Publication>& publications() const { return range_.publications; }

    /// The position of a reader that has not yet received the publication with this index, and has
    /// missed nothing before it.
    events::Position position_before(std::uint32_t index) const;

    /// The publications with these indexes (ascending, at least one) as one frame. Adjacent
    /// publications that make up a large part of the batch are a view into its bytes; others are
    /// copied, so that one event for a slow client does not keep a large batch in memory.
    /// Thread: any; the first caller encodes, others wait for it.
    Frame frame(EncodingId form, std::span<const std::uint32_t> indexes) const;

  private:
    struct Encoded {
        std::mutex mutex;
        std::atomic<bool> ready{false};
        std::string bytes;
        std::vector<std::size_t> ends;
    };

    const Encoded& encoded(EncodingId form) const;

    JournalRange range_;
    const Encodings& encodings_;
    mutable std::array<Encoded, encodings_max> encoded_;
};
using PublicationBatchPtr = std::shared_ptr<const PublicationBatch>;

/// Some publications of a batch in one encoding: the content of a frame.
struct Slice {
    std::weak_ptr<const PublicationBatch> batch;  ///< a queued frame may outlive it
    std::vector<std::uint32_t> indexes;
    EncodingId form = 0;
    events::Position before;  ///< the position of a reader that has missed none of them
    events::Position last;    ///< the position of the last one
};

}  // namespace rotacast::hub

#pragma once

// What must still be written to the copy of one subscriber in Redis, which another node takes over
// when this one is gone (docs/adr/0060). Each part holds a position together with the rows that it
// relies on, and parts are written one after the other; so the copy is always a state in which the
// file once was.

#include "store/delivery_copy.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace rotacast::cluster {

enum class CopyKind : std::uint8_t {
    change,   ///< of what is there
    removed,  ///< what is there goes first
    first,    ///< of a whole copy, which replaces what is there with its last part
    more,
    last,
    only,  ///< first and last
};

struct CopyPart {
    CopyKind kind = CopyKind::change;
    std::optional<std::string> record = std::nullopt;  ///< after the rows
    std::map<Uuid, std::optional<std::string>> rows = {};

    bool operator==(const CopyPart&) const = default;
};

/// Pure. Memory: rows that wait are bounded by `rows_max`; a whole copy by the bounds of a
/// subscriber's rows.
class CopyQueue {
  public:
    CopyQueue(std::size_t part_rows, std::size_t rows_max)
        : part_rows_(part_rows), rows_max_(rows_max) {}

    void add(store::SubscriberChanges changes);
    /// What is in Redis may lack something.
    void need_whole();
    /// The call of a part has no answer, or will not have one.
    void interrupted();

    /// True once, until whole(): the whole must be read from the file.
    bool wants_whole();
    /// nullopt: the file has no such subscriber. What is added later was changed later.
    void whole(const std::optional<store::SubscriberCopy>& copy);

    /// The next part; nullopt while one is being written.
    std::optional<CopyPart> next();
    void written() { writing_ = false; }

    /// Redis has everything.
    bool idle() const { return !writing_ && parts_.empty() && !waiting_ && whole_ == Whole::there; }

  private:
    enum class Whole : std::uint8_t { there, needed, reading };

    void split(CopyPart part, bool is_whole);

    std::size_t part_rows_;
    std::size_t rows_max_;
    std::deque<CopyPart> parts_;
    std::optional<CopyPart> waiting_;  // changes while others are written
    Whole whole_ = Whole::there;
    bool writing_ = false;
};

}  // namespace rotacast::cluster

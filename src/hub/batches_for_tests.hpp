#pragma once

// Batches for tests of this and of higher layers: event n of a batch is at the journal's offset
// `after + n`, and its text is its cursor.

#include "hub/publication_batch.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::hub::for_tests {

inline void encode_cursor(const Publication& publication, std::string& out) {
    out += publication.cursor + ' ';
}

inline const Encodings& cursor_encodings() {
    static constexpr Encodings encodings{&encode_cursor, &encode_cursor};
    return encodings;
}

/// A change of the assignment with this number, shown to `topics`.
inline Publication change_of(std::uint8_t assignment, std::vector<Topic> topics = {}) {
    events::client::AssignmentChanged changed;
    changed.assignment_id.bytes[0] = assignment;
    return {{}, "", Uuid::random(), {}, std::move(changed), std::move(topics)};
}

inline PublicationBatchPtr batch_after(events::Offset after, std::vector<Publication> events) {
    JournalRange range{after, after + events.size(), events.size() * 100, std::move(events)};
    for (std::size_t i = 0; i < range.publications.size(); ++i) {
        auto& publication = range.publications[i];
        publication.position = {after + i + 1};
        publication.cursor = std::to_string(after + i + 1);
    }
    return std::make_shared<const PublicationBatch>(std::move(range), cursor_encodings());
}

}  // namespace rotacast::hub::for_tests

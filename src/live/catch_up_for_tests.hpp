#pragma once

// For tests: a journal without a disk, and a server with one loop and its recent batches.

#include "events/client_events.hpp"
#include "live/catch_up.hpp"
#include "live/jobs_on_loop_for_tests.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::live {

using events::Cursor;
using events::Position;
using hub::Topic;

inline void encode(const hub::Publication& publication, std::string& out) {
    out += "event " + publication.cursor + '\n';
}
/// An encoding of another transport: other bytes, the same cursors.
inline void encode_otherwise(const hub::Publication& publication, std::string& out) {
    out += "id: " + publication.cursor + '\n';
}
inline const hub::Encodings encodings{&encode, &encode_otherwise};

inline Topic topic_of(std::uint32_t number) {
    if (number == 0) return Topic::everybody();
    Uuid id;
    id.bytes[0] = static_cast<std::uint8_t>(number);
    return number % 2 == 0 ? Topic::schedule(id) : Topic::person(id);
}

/// A journal without a disk: the topics of each entry's events.
class ModelJournal final : public bus::Journal {
  public:
    using Entry = std::vector<std::pair<std::uint8_t, Topic>>;  // subject, topic

    std::string epoch = "e1";
    std::map<events::Offset, Entry> entries;
    events::Offset first = 1;
    events::Offset last = 0;
    events::Offset kept = 0;  ///< the last entry kept of the former epoch

    /// Deletes the entries after `offset`, as a detected loss.
    void lose_behind(events::Offset offset) {
        entries.erase(entries.upper_bound(offset), entries.end());
        first = std::min(first, offset + 1);
        last = kept = offset;
        epoch += 'x';
    }

    hub::JournalRange range_of(events::Offset after, events::Offset up_to) const {
        hub::JournalRange result{after, up_to, 0, {}, epoch};
        for (auto offset = after + 1; offset <= up_to; ++offset) {
            const auto& shown = entries.at(offset);
            for (std::uint32_t i = 0; i < shown.size(); ++i) {
                const Position position{offset, i + 1 == shown.size() ? Position::whole : i};
                events::client::AssignmentChanged event;
                event.assignment_id.bytes[0] = shown[i].first;
                result.publications.push_back({position,
                                               to_string(Cursor{epoch, position}),
                                               {},
                                               {},
                                               std::move(event),
                                               {shown[i].second}});
            }
        }
        return result;
    }
    /// Reads as the server does: what is left of the range.
    hub::JournalRange read_left(events::Offset after, std::size_t limit) const {
        after = std::max(after, first - 1);
        return range_of(after, std::min(last, after + limit));
    }

    bus::JournalState state() const override { return {epoch, first, last, true, ""}; }
    void append(bus::AppendRequest, Done) override {}
    void follow(Tail) override {}
    Result<bus::EntryBatchPtr> read(events::Offset, std::size_t) override {
        return Error{ErrorCode::internal, "", ""};
    }
    std::optional<events::Offset> shared_with(const std::string&) const override {
        return std::nullopt;
    }
    void close() override {}
};

/// One run of the server: a loop, its hub, its recent batches.
struct Server {
    Server(ModelJournal& model, std::size_t memory)
        : journal(model),
          hub(model.last, {.publications_max = memory, .bytes_max = 1 << 20}, model.epoch) {}

    /// Delivers the journal's entries up to `offset` on the loop.
    void hand_over(events::Offset offset) {
        if (hub.recent().epoch() != journal.epoch)
            hub.deliver(std::make_shared<const hub::PublicationBatch>(
                hub::JournalRange{journal.kept, journal.kept, 0, {}, journal.epoch}, encodings));
        if (offset <= hub.recent().position()) return;
        hub.deliver(std::make_shared<const hub::PublicationBatch>(
            journal.range_of(hub.recent().position(), offset), encodings));
    }

    ModelJournal& journal;
    net::Loop loop{0};
    hub::LoopHub hub;
    for_tests::JobsOnLoop jobs{loop};
    History history{jobs, encodings, [this](events::Offset after, std::size_t limit) {
                        return Result<hub::JournalRange>(journal.read_left(after, limit));
                    }};
};

}  // namespace rotacast::live

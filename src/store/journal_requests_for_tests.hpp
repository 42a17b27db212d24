#pragma once

// For tests: requests to a journal, waiting for their answers, and a record of what its tail gets.

#include "bus/journal.hpp"

#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace rotacast::bus {

inline events::Envelope some_event(const std::string& schedule = "s1") {
    auto envelope = events::wrap(events::ScheduleArchived{schedule, "somebody", "because"});
    envelope.metadata.event_id = Uuid::random();
    envelope.metadata.timestamp = now();
    return envelope;
}

/// With an encoding of somewhat more than `bytes`.
inline events::Envelope large_event(std::size_t bytes) {
    auto envelope = some_event();
    std::get<events::ScheduleArchived>(envelope.event).reason = std::string(bytes, 'x');
    return envelope;
}

inline AppendRequest request_of(std::vector<events::Envelope> envelopes) {
    return {std::move(envelopes), "key:test", std::nullopt, ""};
}

inline AppendRequest one_event(const std::string& schedule = "s1") {
    return request_of({some_event(schedule)});
}

/// A request of one event with the claim that it follows `last`; 0: it is the first of its
/// aggregate.
inline AppendRequest following(Offset last, const std::string& epoch, events::Envelope envelope) {
    auto request = request_of({std::move(envelope)});
    auto& claim = request.version_claims.emplace_back();
    if (last != 0) claim.expected.last = Cursor{epoch, {last}};
    return request;
}

inline std::future<Result<Receipts>> append(Journal& journal, AppendRequest request) {
    auto promise = std::make_shared<std::promise<Result<Receipts>>>();
    auto future = promise->get_future();
    journal.append(std::move(request),
                   [promise](Result<Receipts> result) { promise->set_value(std::move(result)); });
    return future;
}

inline Result<Receipts> append_now(Journal& journal, AppendRequest request) {
    return append(journal, std::move(request)).get();
}

/// Records what the tail receives. The journal's thread writes it, so read it after a `done`.
struct Followed {
    explicit Followed(Journal& journal) {
        journal.follow([this](EntryBatchPtr batch) {
            const std::scoped_lock lock(mutex);
            auto& list = batch->unordered ? unordered : entries;
            for (const auto& entry : batch->entries) list.push_back(entry);
            epoch = batch->epoch;
        });
    }

    std::vector<Offset> offsets() {
        const std::scoped_lock lock(mutex);
        std::vector<Offset> result;
        result.reserve(entries.size());
        for (const auto& entry : entries) result.push_back(entry.offset);
        return result;
    }

    std::mutex mutex;
    std::string epoch;
    std::vector<Entry> entries;
    std::vector<Entry> unordered;
};

}  // namespace rotacast::bus

// Storing entries in a ReplicaJournal: all that wait in one transaction.

#include "store/replica_journal.hpp"

#include "store/journal_failure.hpp"
#include "store/journal_row.hpp"

#include <utility>

namespace rotacast::store {
namespace {

Error unfit(std::size_t entry, std::string message) {
    return {ErrorCode::conflict, std::move(message), '/' + std::to_string(entry)};
}

Error hole(std::size_t entry, bus::Offset offset, bus::Offset last) {
    return unfit(
        entry,
        "Entry " + std::to_string(offset) + " does not follow entry " + std::to_string(last) + '.');
}

}  // namespace

void ReplicaJournal::store(Applies applies) {
    if (!is_ready()) {
        for (auto& apply : applies) apply.done(not_open());
        return;
    }
    auto extent = file_.extent();
    auto answers = write(applies, extent);
    if (!answers && file_.has_failed()) answers = write_again(applies, extent);
    if (!answers) {
        if (options_.enricher) options_.enricher->roll_back(0);
        view_.set_writable(answers.error());
        for (auto& apply : applies) apply.done(answers.error());
        return;
    }
    const bool grew = extent.last != file_.extent().last;
    file_.extent() = std::move(extent);
    if (options_.enricher) options_.enricher->commit();
    if (grew) note_writable();
    feed_.publish(new_entries(applies, *answers));
    show_seen();
    for (std::size_t i = 0; i < applies.size(); ++i) applies[i].done(std::move((*answers)[i]));
    if (file_.has_failed()) reopen_or_refuse();  // a checkpoint failed
}

/// After an input/output error it is unknown whether the entries were stored. The file, opened
/// anew, says; those that it has go to the tail, and the others are stored again. If it has lost
/// earlier ones, these cannot follow.
Result<ReplicaJournal::Answers> ReplicaJournal::write_again(Applies& applies,
                                                            JournalExtent& extent) {
    if (auto reopened = reopen(); !reopened) return nothing_known(reopened.error());
    if (!is_ready()) return nothing_known(not_open());
    extent = file_.extent();
    if (recovered_ && extent.last < feed_.published()) recovered_(extent.last);
    auto answers = write(applies, extent);
    if (answers) return answers;
    if (file_.has_failed()) file_.close(view_);  // maintain() tries again
    return nothing_known(answers.error());
}

Result<ReplicaJournal::Answers> ReplicaJournal::write(Applies& applies, JournalExtent& extent) {
    auto transaction = Transaction::begin(file_.connection());
    if (!transaction) return nothing_stored(transaction.error());
    const auto before = extent.last;
    Answers answers;
    answers.reserve(applies.size());
    for (auto& apply : applies) {
        if (auto fits = check(apply, extent); !fits) {
            if (fits.error().code != ErrorCode::conflict) return nothing_stored(fits.error());
            answers.emplace_back(fits.error());
            continue;
        }
        if (auto done = append(apply, extent); !done) return nothing_stored(done.error());
        answers.emplace_back(extent.last);
    }
    if (extent.last == before) return answers;  // nothing to flush
    if (auto saved = file_.table().save(extent); !saved) return nothing_stored(saved.error());
    if (auto done = transaction->commit(); !done) return nothing_stored(done.error());
    return answers;
}

/// Counts the entries that the journal has. `conflict` if they are others, or leave a hole.
Result<void> ReplicaJournal::check(Apply& apply, const JournalExtent& extent) {
    apply.known_entries = 0;
    auto expected = apply.entries.empty() ? 0 : apply.entries.front().raw.offset;
    for (std::size_t i = 0; i < apply.entries.size(); ++i) {
        const auto& raw = apply.entries[i].raw;
        if (raw.offset == 0) return unfit(i, "Entries are numbered from 1.");
        if (raw.offset != expected) return hole(i, raw.offset, expected - 1);
        ++expected;
        if (raw.offset > extent.last) {
            if (i == apply.known_entries && raw.offset != extent.last + 1)
                return hole(i, raw.offset, extent.last);
            continue;
        }
        ++apply.known_entries;
        if (raw.offset < extent.first) continue;
        const auto present = store::event_at(file_.connection(), raw.offset);
        if (!present) return present.error();
        if (*present != raw.event_id)
            return unfit(i, "Entry " + std::to_string(raw.offset) + " is another event already.");
    }
    return {};
}

Result<void> ReplicaJournal::append(Apply& apply, JournalExtent& extent) {
    auto* enricher = options_.enricher;
    ReplicaTable table(file_.connection());
    apply.known.clear();
    for (auto i = apply.known_entries; i < apply.entries.size(); ++i) {
        const auto& entry = apply.entries[i];
        const auto& event = entry.envelope.event;
        auto known = enricher ? enricher->known(event) : nullptr;
        if (auto added = table.add(entry, known); !added) return added;
        if (enricher) enricher->learn(entry.raw.offset, event, known);
        apply.known.push_back(std::move(known));
        extent.last = entry.raw.offset;
        extent.bytes += entry.raw.body.size();
    }
    return {};
}

bus::EntryBatchPtr ReplicaJournal::new_entries(Applies& applies, const Answers& answers) {
    auto result = std::make_shared<bus::EntryBatch>();
    result->epoch = file_.extent().epoch;
    for (std::size_t i = 0; i < applies.size(); ++i) {
        if (!answers[i]) continue;
        auto& apply = applies[i];
        for (std::size_t j = 0; j < apply.known.size(); ++j) {
            auto& [raw, envelope] = apply.entries[apply.known_entries + j];
            result->bytes += raw.body.size();
            result->entries.push_back({raw.offset,
                                       raw.stored_at,
                                       std::move(raw.publisher),
                                       std::move(envelope),
                                       std::move(apply.known[j])});
        }
    }
    return result;
}

}  // namespace rotacast::store

// Changes of a ReplicaJournal's extent other than new entries, and the evaluation of events that
// are not stored.

#include "store/replica_journal.hpp"

#include "base/log.hpp"
#include "store/journal_failure.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace rotacast::store {
namespace {

constexpr std::size_t entries_per_slice = 1'000;
constexpr std::size_t bytes_per_slice = 4 << 20;

Error contradiction(const char* message) {
    return {ErrorCode::conflict, message, ""};
}

void log_unmarked(const Result<void>& written) {
    if (!written) log::error("{}", written.error().message);
}

}  // namespace

/// Runs `step.attempt()`. If the disk fails meanwhile, the file, opened anew, says whether the
/// change was stored; otherwise it is attempted once more.
template <class Step>
Result<void> ReplicaJournal::change(Step step) {
    auto done = step.attempt();
    if (!done && file_.has_failed()) {
        if (auto reopened = reopen(); !reopened)
            done = nothing_known(reopened.error());
        else if (step.is_stored())
            done = Result<void>();
        else
            done = step.attempt();
        if (!done && file_.has_failed()) file_.close(view_);  // maintain() tries again
    }
    show_seen();
    if (!done)
        view_.set_writable(done.error());
    else if (!file_.is_open())
        view_.set_writable(not_open());
    else
        note_writable();
    return done;
}

void ReplicaJournal::perform(BeginAt& request) {
    if (!is_ready()) return request.done(not_open());
    const auto offset = request.offset;
    const auto last = file_.extent().last;
    if (offset <= last || offset > std::numeric_limits<std::int64_t>::max())
        return request.done(contradiction("The journal cannot begin at an entry that it has."));
    if (offset == last + 1) return request.done(Result<void>());
    struct Step {
        ReplicaJournal& journal;
        bus::Offset offset;
        Result<void> attempt() { return journal.begin(offset); }
        bool is_stored() { return journal.file_.extent().last == offset - 1; }
    };
    request.done(change(Step{*this, offset}));
    if (file_.has_failed()) reopen_or_refuse();
}

Result<void> ReplicaJournal::begin(bus::Offset offset) {
    auto extent = file_.extent();
    auto transaction = Transaction::begin(file_.connection());
    if (!transaction) return nothing_stored(transaction.error());
    if (auto done = ReplicaTable(file_.connection()).begin_at(extent, offset); !done)
        return nothing_stored(done.error());
    {
        const auto held = view_.hold_readers();
        if (auto done = transaction->commit(); !done) return nothing_stored(done.error());
        file_.extent() = extent;
        view_.show(extent);
    }
    if (options_.enricher) options_.enricher->reset();
    file_.keeper().note_seen(extent.last);
    feed_.announce();
    return {};
}

void ReplicaJournal::perform(Turn& request) {
    if (!is_ready()) return request.done(not_open());
    auto& rewind = request.rewind;
    const auto& extent = file_.extent();
    rewind.last = std::min(rewind.last, extent.last);
    const auto dropped = extent.last - std::max(rewind.last, extent.first - 1);
    if (rewind.last < extent.last && rewind.epoch == extent.epoch)
        return request.done(contradiction("Entries cannot be dropped within one epoch."));
    if (!bus::Cursor::parse(rewind.epoch + ".0"))
        return request.done(contradiction("An epoch has letters and digits only."));
    if (auto handed = hand_over(rewind); !handed) return request.done(handed.error());
    struct Step {
        ReplicaJournal& journal;
        const Rewind& rewind;
        Result<void> attempt() { return journal.turn(rewind); }
        bool is_stored() {
            auto& file = journal.file_;
            if (file.extent().epoch != rewind.epoch || file.extent().last > rewind.last)
                return false;
            log_unmarked(file.keeper().note_epoch(file.extent(), file.keeper().former()));
            return true;
        }
    };
    auto done = change(Step{*this, rewind});
    if (done)
        request.done(dropped);
    else
        request.done(done.error());
    if (file_.has_failed()) reopen_or_refuse();
}

Result<void> ReplicaJournal::hand_over(const Rewind& rewind) {
    const auto last = file_.extent().last;
    if (!rewind.keep) return {};
    for (auto at = rewind.last; at < last;) {
        auto slice = view_.with_reader([&](JournalReader& reader, const bus::JournalState&) {
            return reader.read_raw(at, last, entries_per_slice, bytes_per_slice);
        });
        if (!slice) return slice.error();
        if (slice->empty()) return {};
        at = slice->back().offset;
        if (auto kept = rewind.keep(std::move(*slice)); !kept) return kept;
    }
    return {};
}

Result<void> ReplicaJournal::turn(const Rewind& rewind) {
    auto extent = file_.extent();
    const bool drops = rewind.last < extent.last;
    const bool renews = rewind.epoch != extent.epoch;
    const auto known = file_.table().former_epochs();
    if (!known) return nothing_stored(known.error());
    const auto former =
        former_epochs_before(rewind.epoch, extent, rewind.last, *known, rewind.former);
    auto transaction = Transaction::begin(file_.connection());
    if (!transaction) return nothing_stored(transaction.error());
    ReplicaTable table(file_.connection());
    if (auto done = table.rewind(extent, rewind.last, rewind.epoch, former); !done)
        return nothing_stored(done.error());
    {
        const auto held = view_.hold_readers();
        if (auto done = transaction->commit(); !done) return nothing_stored(done.error());
        file_.extent() = extent;
        view_.show(extent, former);
    }
    log_unmarked(file_.keeper().note_epoch(extent, former));
    if (renews) feed_.announce();
    if (!drops) return {};
    // Without the facts nothing may be stored; maintain() opens the file, and learns them, again.
    if (auto learnt = file_.learn_again(); !learnt) file_.close(view_);
    return {};
}

void ReplicaJournal::perform(Evaluate& request) {
    if (!is_ready()) return request.done(not_open());
    auto* enricher = options_.enricher;
    const auto mark = enricher ? enricher->mark() : 0;
    auto evaluations = evaluations_of(request.envelopes);
    if (enricher) enricher->roll_back(mark);
    request.done(std::move(evaluations));
    if (file_.has_failed()) reopen_or_refuse();
}

Result<std::vector<ReplicaJournal::Evaluation>> ReplicaJournal::evaluations_of(
    const std::vector<events::Envelope>& envelopes) {
    const auto transaction = Transaction::begin_reading(file_.connection());
    if (!transaction) return transaction.error();
    std::vector<Evaluation> evaluations;
    evaluations.reserve(envelopes.size());
    for (const auto& envelope : envelopes) {
        auto evaluation = evaluation_of(envelope, file_.extent().last + 1 + evaluations.size());
        if (!evaluation) return evaluation.error();
        evaluations.push_back(std::move(*evaluation));
    }
    return evaluations;
}

/// `offset`: that the event would get. What it says is learnt, for the ones after it.
Result<ReplicaJournal::Evaluation> ReplicaJournal::evaluation_of(const events::Envelope& envelope,
                                                                 bus::Offset offset) {
    auto* enricher = options_.enricher;
    Evaluation evaluation;
    if (const auto& event_id = envelope.metadata.event_id) {
        const auto found = ReplicaTable(file_.connection()).find_known(*event_id);
        if (!found) return found.error();
        if (*found) {
            evaluation.offset = (*found)->offset;
            evaluation.known = (*found)->known;
            if (enricher)
                evaluation.unseen = enricher->unseen(envelope.event, (*found)->known.get());
            return evaluation;
        }
    }
    if (!enricher) return evaluation;
    evaluation.known = enricher->known(envelope.event);
    enricher->learn(offset, envelope.event, evaluation.known);
    evaluation.unseen = enricher->unseen(envelope.event, evaluation.known.get());
    return evaluation;
}

void ReplicaJournal::perform(NoteComplete) {
    if (!file_.is_open()) return;
    log_unmarked(file_.keeper().note_seen_all(file_.extent()));
    show_seen();
}

}  // namespace rotacast::store

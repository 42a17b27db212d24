// The actions of Ordering that concern the replica, the outbox and the publishers.

#include "cluster/order_io.hpp"

#include "base/log.hpp"

#include <future>
#include <ranges>
#include <utility>

namespace rotacast::cluster {
namespace {

std::vector<store::FormerEpoch> oldest_first(const FormerEpochs& former) {
    std::vector<store::FormerEpoch> out;
    out.reserve(former.size());
    for (const auto& one : former | std::views::reverse) out.push_back({one.epoch, one.shared});
    return out;
}

bus::EntryBatch unordered_entries(const bus::AppendRequest& request, const std::string& epoch) {
    bus::EntryBatch batch{.epoch = epoch, .entries = {}, .unordered = true};
    batch.entries.reserve(request.envelopes.size());
    for (const auto& envelope : request.envelopes)
        batch.entries.push_back({.stored_at = now(),
                                 .publisher = request.publisher,
                                 .envelope = envelope});
    return batch;
}

/// Adds what is known of the things that the events name. Those that have a place by now are left
/// out.
void complete(bus::EntryBatch& batch,
              const std::vector<store::ReplicaJournal::Evaluation>& evaluations) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < batch.entries.size(); ++i) {
        if (evaluations[i].offset) continue;
        batch.entries[i].known = evaluations[i].known;
        std::swap(batch.entries[kept++], batch.entries[i]);
    }
    batch.entries.resize(kept);
}

}  // namespace

void OrderIo::replica_failed(const Error& error) {
    // After a failure of the disk, when_recovered says when to go on.
    log::error("Entries of the common order were not stored: {}", error.message);
    if (error.code == ErrorCode::unavailable) return;
    connections_->replace();
}

void OrderIo::carry_out(StoreRecords action) {
    std::vector<store::ReplicaEntry> entries;
    entries.reserve(action.records.size());
    for (auto& record : action.records) {
        auto entry = to_replica(std::move(record));
        if (!entry) return replica_failed(entry.error());
        entries.push_back(std::move(*entry));
    }
    replica_.apply(std::move(entries), [weak = weak_from_this()](Result<bus::Offset> last) {
        if (const auto self = weak.lock())
            self->later([last = std::move(last)](OrderIo& io) {
                if (last)
                    io.ordering_.replica_stored(*last);
                else
                    io.replica_failed(last.error());
            });
    });
}

void OrderIo::carry_out(Adopt action) {
    rows_kept_ = 0;
    store::ReplicaJournal::Rewind rewind;
    rewind.last = action.keep;
    rewind.epoch = std::move(action.epoch);
    rewind.former = oldest_first(action.former);
    rewind.keep = [this](std::vector<store::RawEntry> dropped) {
        return keep_dropped(std::move(dropped));
    };
    log::info("The journal goes on in epoch {} after entry {}", rewind.epoch, rewind.last);
    replica_.rewind(std::move(rewind), [weak = weak_from_this()](Result<bus::Offset> dropped) {
        if (const auto self = weak.lock())
            self->later([dropped = std::move(dropped)](OrderIo& io) {
                if (!dropped) return io.replica_failed(dropped.error());
                io.ordering_.replica_adopted(state_of(io.replica_), io.rows_kept_.exchange(0));
            });
    });
}

// Thread: the journal's. Waits for the outbox, whose thread is another.
Result<void> OrderIo::keep_dropped(std::vector<store::RawEntry> dropped) {
    std::vector<bus::AppendRequest> requests;
    requests.reserve(dropped.size());
    for (auto& raw : dropped) {
        auto request = store::append_again(std::move(raw));
        if (!request) return request.error();
        requests.push_back(std::move(*request));
    }
    const auto count = requests.size();
    std::promise<Result<void>> kept;
    outbox_.add_all(std::move(requests), [&](Result<store::SqliteOutbox::Sequence> last) {
        kept.set_value(last ? Result<void>() : last.error());
    });
    auto result = kept.get_future().get();
    if (result) rows_kept_ += count;
    return result;
}

void OrderIo::carry_out(const BeginAt& action) {
    log::warn(
        "This node was away for longer than Redis keeps entries: its journal begins anew at "
        "entry {}. Cursors before that are told that entries were trimmed.",
        action.first);
    replica_.begin_at(action.first, [weak = weak_from_this()](Result<void> begun) {
        if (const auto self = weak.lock())
            self->later([begun = std::move(begun)](OrderIo& io) {
                if (begun)
                    io.ordering_.replica_begun(state_of(io.replica_));
                else
                    io.replica_failed(begun.error());
            });
    });
}

void OrderIo::carry_out(const ReadReplica& action) {
    StreamRecords records;
    auto raw = replica_.read_raw(action.after, action.entries_max, action.bytes_max);
    if (!raw) log::error("The journal cannot be read: {}", raw.error().message);
    for (std::size_t i = 0; raw && i < raw->size(); ++i) {
        auto record = to_record(std::move((*raw)[i]));
        if (!record) {
            log::error("{}", record.error().message);
            break;
        }
        records.push_back(std::move(*record));
    }
    ordering_.replica_read(action.id, std::move(records));
}

void OrderIo::carry_out(const ReadWitnesses& action) {
    std::vector<Witness> witnesses;
    for (const auto offset : action.offsets)
        if (const auto event = replica_.event_at(offset); event && *event)
            witnesses.push_back({offset, **event});
    ordering_.witnesses_read(action.id, std::move(witnesses));
}

void OrderIo::carry_out(const WriteOutbox& action) {
    const auto found = submitted_.find(action.ticket);
    if (found == submitted_.end()) return;
    outbox_.add(found->second.request,
                [weak = weak_from_this(),
                 ticket = action.ticket](Result<store::SqliteOutbox::Sequence> stored) {
                    if (const auto self = weak.lock())
                        self->later([stored = std::move(stored), ticket](OrderIo& io) {
                            if (stored)
                                io.ordering_.outbox_stored(ticket);
                            else
                                io.ordering_.outbox_failed(ticket, stored.error());
                        });
                });
}

void OrderIo::carry_out(const ReadOutbox& action) {
    std::vector<OutboxRow> rows;
    auto read = outbox_.read(action.after, action.rows_max, action.bytes_max);
    if (!read) log::error("The outbox cannot be read: {}", read.error().message);
    for (std::size_t i = 0; read && i < read->size(); ++i) {
        auto& row = (*read)[i];
        // Its publisher was answered, so its claims no longer count.
        if (row.request) row.request->version_claims.clear();
        auto encoded =
            row.request ? encode_request(*row.request,
                                         [](const std::string&) { return std::optional<Offset>(); })
                        : row.request.error();
        if (!encoded) {
            log::error("Row {} of the outbox cannot be read; it stays there: {}",
                       row.sequence,
                       encoded.error().message);
            break;
        }
        rows.push_back({row.sequence, std::move(*encoded)});
    }
    ordering_.outbox_read(action.id, std::move(rows));
}

void OrderIo::carry_out(RemoveOutbox action) {
    outbox_.remove(std::move(action.numbers));
}

void OrderIo::carry_out(AnswerPublisher action) {
    auto found = submitted_.extract(action.ticket);
    if (found.empty()) return;
    auto& [request, done, bytes, show_early] = found.mapped();
    if (!action.answer) return done(std::move(action.answer));
    auto receipts = std::make_shared<bus::Receipts>(std::move(*action.answer));
    const auto state = replica_.state();
    for (auto& receipt : *receipts) {
        receipt.epoch = state.epoch;
        receipt.ordered = receipt.offset != 0;
        if (!receipt.ordered) receipt.offset = state.last;
    }
    bus::Journal::Tail show;
    auto shown = std::make_shared<bus::EntryBatch>();
    if (show_early) {
        show = show_early_;
        *shown = unordered_entries(request, state.epoch);
        shown->bytes = bytes;
    }
    replica_.evaluate(std::move(request.envelopes),
                      [receipts, show, shown, done = std::move(done)](
                          Result<std::vector<store::ReplicaJournal::Evaluation>> evaluations) {
                          if (evaluations && show) {
                              complete(*shown, *evaluations);
                              show(shown);
                          }
                          for (std::size_t i = 0; evaluations && i < evaluations->size(); ++i)
                              (*receipts)[i].unseen = std::move((*evaluations)[i].unseen);
                          done(std::move(*receipts));
                      });
}

void OrderIo::carry_out(const ShowUnordered& action) {
    const auto found = submitted_.find(action.ticket);
    if (found != submitted_.end()) found->second.show_early = true;
}

void OrderIo::carry_out(const RowRefused& action) {
    log::error("Event {} of the outbox was not published: another event has its identifier",
               to_string(action.row.request->events[action.refusal.event].id));
}

}  // namespace rotacast::cluster

// The journal's present and former epochs.

#include "store/journal_table.hpp"
#include "store/stored.hpp"

namespace rotacast::store {

Result<std::vector<FormerEpoch>> JournalTable::former_epochs() {
    auto query = connection_.query("SELECT epoch, shared FROM journal_former_epochs ORDER BY id");
    if (!query) return query.error();
    std::vector<FormerEpoch> former;
    for (;;) {
        const auto row = query->next();
        if (!row) return row.error();
        if (!*row) return former;
        former.push_back({std::string(query->text(0)), restored(query->integer(1))});
    }
}

Result<void> JournalTable::save_former_epochs(const std::vector<FormerEpoch>& former) {
    if (auto done = connection_.run("DELETE FROM journal_former_epochs"); !done)
        return done.error();
    for (const auto& one : former)
        if (auto done =
                connection_.run("INSERT INTO journal_former_epochs (epoch, shared) VALUES (?, ?)",
                                one.epoch,
                                stored(one.shared));
            !done)
            return done.error();
    return {};
}

Result<void> JournalTable::renew_epoch(JournalExtent& extent,
                                       const std::vector<FormerEpoch>& former) {
    auto transaction = Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    if (auto done = save_former_epochs(former); !done) return done;
    if (auto done = connection_.run(
            "UPDATE journal_meta SET epoch = lower(hex(randomblob(6))), marked = 1, replica = 0");
        !done)
        return done.error();
    const auto renewed = load(connection_);
    if (!renewed) return renewed.error();
    if (auto done = transaction->commit(); !done) return done;
    extent = *renewed;
    return {};
}

Result<void> JournalTable::note_marked(JournalExtent& extent) {
    if (auto done = connection_.run("UPDATE journal_meta SET marked = 1"); !done)
        return done.error();
    extent.marked = true;
    return {};
}

}  // namespace rotacast::store

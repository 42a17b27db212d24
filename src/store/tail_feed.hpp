#pragma once

// Passes a journal's committed entries to its tail: each once, in order.

#include "bus/journal.hpp"
#include "store/journal_file.hpp"
#include "store/journal_view.hpp"

namespace rotacast::store {

/// Thread: the writer's.
class TailFeed {
  public:
    /// Both outlive it.
    TailFeed(JournalFile& file, JournalView& view) : file_(file), view_(view) {}

    /// Before the first entry.
    void follow(bus::Journal::Tail tail) { tail_ = std::move(tail); }
    /// Entries that are in the file at the start are nobody's news.
    void start() { published_ = file_.extent().last; }

    /// Shows the file's extent and passes the entries on, without those that the tail has had.
    void publish(bus::EntryBatchPtr entries);
    /// Publishes entries that were found in the file after their requests were answered as unknown.
    /// Returns false if they cannot be read; then no later entry may be published.
    bool publish_up_to(bus::Offset last);
    /// Tells by a batch without entries that the journal goes on after the file's last entry.
    void announce();

    /// The last entry that the tail has received.
    bus::Offset published() const { return published_; }

  private:
    JournalFile& file_;
    JournalView& view_;
    bus::Journal::Tail tail_;
    bus::Offset published_ = 0;
};

}  // namespace rotacast::store

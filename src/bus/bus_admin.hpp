#pragma once

// The operators' queries and actions. Every action writes its audit row in the same transaction,
// which is durable before the answer.

#include "bus/dispatcher.hpp"

namespace rotacast::bus {

/// Thread-safe. `done` is called once: on the dispatcher's thread (post from there), or at once on
/// the caller's thread with `unavailable` if the dispatcher is closed. The dispatcher must outlive
/// it.
class BusAdmin {
  public:
    template <class T>
    using Done = std::function<void(Result<T>)>;

    explicit BusAdmin(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

    // Queries.

    void stats(Done<BusStats> done);
    /// All subscribers in the store, including those without a handler in this process.
    void subscribers(Done<std::vector<SubscriberStatus>> done);
    void dead_letters(DeadLetterFilter filter, Page page, Done<std::vector<DeadLetter>> done);
    /// A dead or discarded letter; otherwise `not_found`.
    void find_dead_letter(std::int64_t id, Done<DeadLetter> done);
    /// Grouped by subscriber and error name, the largest group first; at most 1000 groups.
    void dead_letter_groups(DeadLetterFilter filter, Done<std::vector<DeadLetterGroup>> done);
    void replays(Page page, Done<std::vector<Replay>> done);
    void find_replay(std::int64_t id, Done<Replay> done);
    void audits(Page page, Done<std::vector<AuditRow>> done);
    void handler_log(std::optional<std::string> handler,
                     std::optional<Uuid> event_id,
                     Page page,
                     Done<std::vector<HandlerLogRow>> done);

    // Actions. `who` is recorded in the audit row, e.g. `user:<uuid>`.

    /// Delivers dead letters again, only to the subscriber that failed, in the journal's order and
    /// at the rate of the options. Two concurrent replays never take the same letter. Letters of a
    /// subscriber without a handler in this process stay dead. Errors: `conflict` if the filter
    /// names such a subscriber; `not_found` if it names a letter by an id that is not available.
    void replay(DeadLetterFilter filter, std::string who, Done<Replay> done);

    /// Delivers the entries (from, to] again to that subscriber, if they match its event types and
    /// it is past them.
    void replay_range(
        std::string subscriber, Offset from, Offset to, std::string who, Done<Replay> done);

    /// Discards letters: they are kept, but no longer counted as dead. Returns their number.
    void discard(DeadLetterFilter filter,
                 std::string reason,
                 std::string who,
                 Done<std::int64_t> done);
    /// Makes discarded letters dead again. Returns their number.
    void restore(DeadLetterFilter filter, std::string who, Done<std::int64_t> done);

    /// A paused subscriber starts no handlers; running ones finish. `not_found`.
    void pause(std::string subscriber, std::string reason, std::string who, Done<void> done);
    void resume(std::string subscriber, std::string who, Done<void> done);

    /// Deletes all that the store holds of the subscriber, including its letters. `conflict` while
    /// it has a handler.
    void forget(std::string subscriber, std::string reason, std::string who, Done<void> done);

    /// Adds an operator's action outside the bus to the same audit. `row.id` is ignored.
    void note(AuditRow row, Done<void> done);

  private:
    template <class T, class F>
    void post(Done<T> done, F function);
    void set_paused(
        std::string subscriber, bool paused, std::string reason, std::string who, Done<void> done);

    Dispatcher& dispatcher_;
};

}  // namespace rotacast::bus

#pragma once

// What operators may ask and do. Every action leaves an audit row, in the same transaction, which
// is durable before the answer comes.

#include "bus/dispatcher.hpp"

namespace rotacast::bus {

/// Thread: any. `done` is called once, on the dispatcher's thread (post from there), or at once on
/// the caller's with `unavailable` when the dispatcher is closed. Lives no longer than it.
class BusAdmin {
  public:
    template <class T>
    using Done = std::function<void(Result<T>)>;

    explicit BusAdmin(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

    // Look.

    void stats(Done<BusStats> done);
    /// All that the store knows, with those that have no handler here.
    void subscribers(Done<std::vector<SubscriberStatus>> done);
    void letters(LetterFilter filter, Page page, Done<std::vector<DeadLetter>> done);
    /// Dead or discarded; `not_found` otherwise.
    void find_letter(std::int64_t id, Done<DeadLetter> done);
    /// By subscriber and name of the error, the largest first, at most 1000.
    void letter_groups(LetterFilter filter, Done<std::vector<DeadLetterGroup>> done);
    void replays(Page page, Done<std::vector<Replay>> done);
    void find_replay(std::int64_t id, Done<Replay> done);
    void audits(Page page, Done<std::vector<AuditRow>> done);
    void ledger(std::optional<std::string> handler,
                std::optional<Uuid> event_id,
                Page page,
                Done<std::vector<HandlerLogRow>> done);

    // Act. `who` is what the audit row says, e.g. `user:<uuid>`.

    /// Dead letters are handled again by the subscriber where they failed, and by nobody else,
    /// in the journal's order at the rate of the options. Two of these at once never share a
    /// letter. Letters of a subscriber without a handler here stay; `conflict` when it is named.
    /// `not_found` when a letter is named by its id and cannot be had.
    void replay(LetterFilter filter, std::string who, Done<Replay> done);

    /// Entries (from, to] go to that subscriber again, if it wants them and has passed them.
    void replay_range(
        std::string subscriber, Offset from, Offset to, std::string who, Done<Replay> done);

    /// Puts letters away; they are kept, but not counted as dead. The answer: how many.
    void discard(LetterFilter filter, std::string reason, std::string who, Done<std::int64_t> done);
    /// Discarded ones are dead letters again.
    void restore(LetterFilter filter, std::string who, Done<std::int64_t> done);

    void pause(std::string subscriber, std::string reason, std::string who, Done<void> done);
    void resume(std::string subscriber, std::string who, Done<void> done);

    /// Everything that the store has of it, letters included. `conflict` while it has a handler.
    void forget(std::string subscriber, std::string reason, std::string who, Done<void> done);

    /// What an operator did elsewhere, for the same audit. `row.id` does not matter.
    void note(AuditRow row, Done<void> done);

  private:
    template <class T, class F>
    void post(Done<T> done, F function);
    void set_paused(
        std::string subscriber, bool paused, std::string reason, std::string who, Done<void> done);

    Dispatcher& dispatcher_;
};

}  // namespace rotacast::bus

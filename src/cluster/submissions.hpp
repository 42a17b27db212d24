#pragma once

// Publishers' requests on their way to the order, directly or through the outbox.
//
// Order: rows of the outbox are sent before requests that came later. Once every row is sent, new
// requests follow on the same connection without waiting for the answers, because Redis runs the
// calls in their order. So a node under load leaves the outbox again.

#include "cluster/shared.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rotacast::cluster {

/// Part of Ordering.
class Submissions {
  public:
    Submissions(Shared& shared, std::size_t outbox_rows)
        : shared_(shared), rows_stored_(outbox_rows) {}

    void submit(Ticket ticket, OrderRequestPtr request);

    /// The node is online: sends what waits.
    void begin();
    /// The node is not online any more. What is known to be in the order, and in records up to
    /// `handed`, which are being stored, is answered when it is stored; all else goes to the
    /// outbox.
    void stop(Offset handed);
    void tick();

    enum class Taken { not_mine, done, hello_again };
    Taken answered(ActionId id, const ScriptAnswer& answer);
    /// The tail brought these; they are being stored. It does not say whose request they came with,
    /// so it counts only for requests whose answer is lost.
    void noticed(const StreamRecords& records);
    void replica_stored(Offset last);

    void outbox_stored(Ticket ticket);
    void outbox_failed(Ticket ticket, Error error);
    void outbox_read(ActionId id, std::vector<OutboxRow> rows);
    void rows_added(std::size_t count) { rows_stored_ += count; }

    std::size_t outbox_rows() const { return rows_stored_ + writing_.size(); }
    std::size_t pending() const { return queue_.size() + tickets_sent_ + writing_.size(); }

  private:
    /// Of a publisher (ticket), or of the outbox (row).
    struct Item {
        Ticket ticket = 0;
        std::uint64_t row = 0;
        OrderRequestPtr request;
        Milliseconds since{0};
        std::vector<AppendedEvent> events = {};  // offset 0: unknown
        Offset needs = 0;                        // the replica must have it; 0: unknown
    };
    using Sequence = std::uint64_t;
    using Sent = std::map<Sequence, Item>;
    /// Of an event in the first request that has it.
    struct Place {
        Sequence sequence;
        std::size_t index;         // of the first event with this id
        bool is_repeated = false;  // the request has it again, behind
    };

    void pump();
    void fill_from_rows(AppendCall& call, std::vector<Sequence>& items, std::size_t& bytes);
    void fill_from_queue(AppendCall& call, std::vector<Sequence>& items, std::size_t& bytes);
    Sequence note_sent(Item item);
    void read_rows();
    void take(Sequence sequence, const ItemAnswer& answer);
    void know(Sent::iterator at);
    void finish(Sent::iterator at);
    void refuse(Sent::iterator at, const Refused& refusal);
    Item extract(Sent::iterator at);
    void to_outbox(Item item, bool was_sent);
    void answer(const Item& item, Result<bus::Receipts> result);
    void remove_row(std::uint64_t row);
    bool may_send_row() const {
        return !read_rows_.empty() && rows_sent_bytes_ < shared_.options.unstored_rows_bytes_max;
    }
    std::size_t unsent_rows() const {
        const auto known = outbox_rows() > rows_sent_ ? outbox_rows() - rows_sent_ : 0;
        return known + (looking_ ? 1 : 0);
    }

    Shared& shared_;
    bool running_ = false;

    std::deque<Item> queue_;  // submitted; sent when no row is unsent
    Sent sent_;
    Sequence last_sent_ = 0;
    std::size_t tickets_sent_ = 0;
    std::unordered_map<ActionId, std::vector<Sequence>> calls_;
    std::unordered_map<Uuid, Place> by_event_;             // of sent_
    std::multimap<Offset, Sequence> waiting_;              // of sent_, by Item::needs
    std::unordered_map<Ticket, OrderRequestPtr> writing_;  // to the outbox
    std::size_t bytes_ = 0;                                // of all requests with a ticket

    std::size_t rows_stored_;    // in the outbox, besides writing_
    std::size_t rows_sent_ = 0;  // of them, in sent_
    std::size_t rows_sent_bytes_ = 0;
    std::deque<OutboxRow> read_rows_;
    std::uint64_t read_up_to_ = 0;
    ActionId reading_ = 0;
    bool looking_ = false;  // until a read since begin() brought nothing: rows may have come back
    bool dry_ = false;      // the last read brought nothing; rows are still being written
};

}  // namespace rotacast::cluster

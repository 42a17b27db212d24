#include "cluster/submissions.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace rotacast::cluster {
namespace {

Error not_reached() {
    return {ErrorCode::unavailable,
            "The order cannot be reached, so an expected version cannot be checked; nothing was "
            "stored. Try again soon.",
            ""};
}

Error outcome_unknown() {
    return {ErrorCode::unavailable,
            "The order was lost on the way. It is not known whether the events were stored; sent "
            "again with the same identifiers they are stored once.",
            ""};
}

Error refusal_as_error(const Refused& refusal, const std::string& epoch) {
    const auto event = '/' + std::to_string(refusal.event);
    switch (refusal.why) {
        case Refused::Why::key_conflict:
            return {ErrorCode::idempotency_conflict,
                    "The idempotency key was used for a request with other content.",
                    ""};
        case Refused::Why::event_conflict:
            return {ErrorCode::idempotency_conflict,
                    "The event's identifier was used for an event with other content.",
                    event};
        case Refused::Why::version_conflict: break;
    }
    const auto actual = refusal.actual == 0
                            ? std::string("null")
                            : to_string(events::Cursor{epoch, {.offset = refusal.actual}});
    return {ErrorCode::version_conflict,
            "The aggregate's last event is " + actual + ".",
            event + "/expected_version"};
}

bool is_noticed(const std::vector<AppendedEvent>& events) {
    return std::ranges::all_of(events, [](const auto& one) { return one.offset > 0; });
}

}  // namespace

void Submissions::submit(Ticket ticket, OrderRequestPtr request) {
    const auto& options = shared_.options;
    const auto bytes = request->bytes();
    Item item{.ticket = ticket, .request = std::move(request), .since = shared_.now};
    if (pending() >= options.pending_requests_max || bytes_ + bytes > options.pending_bytes_max) {
        shared_.queue.add(AnswerPublisher{
            ticket,
            Error{ErrorCode::unavailable, "Too many events are waiting to be stored.", ""}});
        return;
    }
    bytes_ += bytes;
    if (!running_) return to_outbox(std::move(item), false);
    queue_.push_back(std::move(item));
    pump();
}

void Submissions::begin() {
    running_ = true;
    read_rows_.clear();
    read_up_to_ = 0;
    reading_ = 0;
    looking_ = true;
    dry_ = false;
    pump();
}

void Submissions::stop(Offset handed) {
    running_ = false;
    calls_.clear();
    read_rows_.clear();
    reading_ = 0;
    for (auto at = sent_.begin(); at != sent_.end();) {
        const auto here = at++;
        if (here->second.needs == 0 && is_noticed(here->second.events)) {
            know(here);
            continue;
        }
        if (here->second.needs > 0 && here->second.needs <= handed) continue;
        auto item = extract(here);
        if (item.ticket) to_outbox(std::move(item), true);
    }
    for (; !queue_.empty(); queue_.pop_front()) to_outbox(std::move(queue_.front()), false);
}

void Submissions::tick() {
    while (!queue_.empty() && unsent_rows() > 0 &&
           shared_.now - queue_.front().since >= shared_.options.hold) {
        to_outbox(std::move(queue_.front()), false);
        queue_.pop_front();
    }
}

/// A request with a claim is answered instead: when the outbox is drained, it would be too late to
/// refuse it.
void Submissions::to_outbox(Item item, bool was_sent) {
    if (!item.request->claims.empty())
        return answer(item, was_sent ? outcome_unknown() : not_reached());
    writing_.emplace(item.ticket, item.request);
    shared_.queue.add(WriteOutbox{item.ticket, std::move(item.request)});
}

void Submissions::pump() {
    while (running_ && calls_.size() < shared_.options.calls_in_flight_max) {
        AppendCall call{shared_.identity, shared_.replica.epoch, {}};
        std::vector<Sequence> items;
        std::size_t bytes = 0;
        fill_from_rows(call, items, bytes);
        if (unsent_rows() == 0) fill_from_queue(call, items, bytes);
        read_rows();
        if (items.empty()) return;
        calls_.emplace(shared_.send(std::move(call)), std::move(items));
    }
}

void Submissions::fill_from_rows(AppendCall& call,
                                 std::vector<Sequence>& items,
                                 std::size_t& bytes) {
    const auto& options = shared_.options;
    while (may_send_row() && items.size() < options.call_requests_max &&
           bytes < options.call_bytes_max) {
        auto row = std::move(read_rows_.front());
        read_rows_.pop_front();
        bytes += row.request->bytes();
        call.items.push_back({row.request, true});
        ++rows_sent_;
        rows_sent_bytes_ += row.request->bytes();
        items.push_back(note_sent({.row = row.number, .request = std::move(row.request)}));
    }
}

void Submissions::fill_from_queue(AppendCall& call,
                                  std::vector<Sequence>& items,
                                  std::size_t& bytes) {
    const auto& options = shared_.options;
    while (!queue_.empty() && items.size() < options.call_requests_max &&
           bytes < options.call_bytes_max) {
        auto item = std::move(queue_.front());
        queue_.pop_front();
        bytes += item.request->bytes();
        call.items.push_back({item.request, false});
        ++tickets_sent_;
        items.push_back(note_sent(std::move(item)));
    }
}

Submissions::Sequence Submissions::note_sent(Item item) {
    const auto sequence = ++last_sent_;
    item.events.reserve(item.request->events.size());
    for (const auto& event : item.request->events) {
        const auto [place, is_new] =
            by_event_.try_emplace(event.id, Place{sequence, item.events.size()});
        if (!is_new && place->second.sequence == sequence) place->second.is_repeated = true;
        item.events.push_back({event.id, 0, false});
    }
    sent_.emplace(sequence, std::move(item));
    return sequence;
}

/// Half of what one read brings stays ahead of what is sent.
void Submissions::read_rows() {
    const auto& options = shared_.options;
    if (!running_ || reading_ || dry_ || unsent_rows() <= read_rows_.size()) return;
    if (read_rows_.size() > options.outbox_rows / 2) return;
    reading_ = shared_.queue.next_id();
    shared_.queue.add(ReadOutbox{reading_, read_up_to_, options.outbox_rows, options.outbox_bytes});
}

void Submissions::outbox_read(ActionId id, std::vector<OutboxRow> rows) {
    if (id != reading_ || id == 0) return;
    reading_ = 0;
    if (rows.empty()) looking_ = false;
    if (!rows.empty()) read_up_to_ = rows.back().number;
    dry_ = rows.empty();
    std::ranges::move(rows, std::back_inserter(read_rows_));
    // What was read counts, more or less than was thought: the disk may have failed to remove a
    // row, or a row may be unreadable.
    const auto known = rows_sent_ + read_rows_.size();
    if (known > rows_stored_ || (dry_ && writing_.empty())) rows_stored_ = known;
    pump();
}

void Submissions::outbox_stored(Ticket ticket) {
    const auto found = writing_.find(ticket);
    if (found == writing_.end()) return;
    bus::Receipts receipts;
    for (const auto& event : found->second->events)
        receipts.push_back({.event_id = event.id, .epoch = shared_.replica.epoch});
    bytes_ -= found->second->bytes();
    writing_.erase(found);
    ++rows_stored_;
    shared_.queue.add(ShowUnordered{ticket});
    shared_.queue.add(AnswerPublisher{ticket, std::move(receipts)});
    dry_ = false;
    pump();
}

void Submissions::outbox_failed(Ticket ticket, Error error) {
    const auto found = writing_.find(ticket);
    if (found == writing_.end()) return;
    bytes_ -= found->second->bytes();
    writing_.erase(found);
    shared_.queue.add(AnswerPublisher{ticket, std::move(error)});
    pump();
}

Submissions::Taken Submissions::answered(ActionId id, const ScriptAnswer& answer) {
    const auto found = calls_.find(id);
    if (found == calls_.end()) return Taken::not_mine;
    const auto items = std::move(found->second);
    calls_.erase(found);
    const auto* mine = std::get_if<AppendAnswer>(&answer);
    const auto* answers = mine ? std::get_if<AppendAnswers>(mine) : nullptr;
    if (!answers || answers->items.size() != items.size()) return Taken::hello_again;
    for (std::size_t i = 0; i < items.size(); ++i) take(items[i], answers->items[i]);
    pump();
    return Taken::done;
}

void Submissions::take(Sequence sequence, const ItemAnswer& answer) {
    const auto at = sent_.find(sequence);
    if (at == sent_.end()) return;  // the tail was faster
    if (const auto* refused = std::get_if<Refused>(&answer)) return refuse(at, *refused);
    const auto& events = std::get<Appended>(answer).events;
    if (events.size() != at->second.events.size()) return;
    at->second.events = events;
    if (at->second.needs == 0) know(at);
}

void Submissions::noticed(const StreamRecords& records) {
    if (by_event_.empty()) return;
    for (const auto& record : records) {
        const auto found = by_event_.find(record.event_id);
        if (found == by_event_.end()) continue;
        const auto& place = found->second;
        auto& item = sent_.find(place.sequence)->second;
        const auto end = place.is_repeated ? item.events.size() : place.index + 1;
        for (auto i = place.index; i < end; ++i)
            if (item.events[i].event_id == record.event_id && item.events[i].offset == 0 &&
                item.request->events[i].digest == record.digest)
                item.events[i].offset = record.offset;
    }
}

/// All offsets are known: the request is done as soon as the replica has the last of them.
void Submissions::know(Sent::iterator at) {
    auto& item = at->second;
    item.needs = std::ranges::max(item.events, {}, &AppendedEvent::offset).offset;
    const auto& faults = shared_.options.faults;
    const bool early = item.row ? faults.removes_rows_early : faults.answers_before_storing;
    if (item.needs <= shared_.replica.last || early) return finish(at);
    waiting_.emplace(item.needs, at->first);
}

void Submissions::replica_stored(Offset last) {
    while (!waiting_.empty() && waiting_.begin()->first <= last)
        finish(sent_.find(waiting_.begin()->second));
    pump();
}

void Submissions::finish(Sent::iterator at) {
    const auto item = extract(at);
    if (item.row) return remove_row(item.row);
    bus::Receipts receipts;
    for (const auto& event : item.events)
        receipts.push_back({.event_id = event.event_id,
                            .offset = event.offset,
                            .duplicate = event.duplicate,
                            .epoch = shared_.replica.epoch});
    answer(item, std::move(receipts));
}

void Submissions::refuse(Sent::iterator at, const Refused& refusal) {
    const auto item = extract(at);
    if (item.ticket) return answer(item, refusal_as_error(refusal, shared_.replica.epoch));
    shared_.queue.add(RowRefused{{item.row, item.request}, refusal});
    remove_row(item.row);
}

/// Takes an item out of sent_ and all that points to it.
Submissions::Item Submissions::extract(Sent::iterator at) {
    for (const auto& event : at->second.request->events)
        if (const auto found = by_event_.find(event.id);
            found != by_event_.end() && found->second.sequence == at->first)
            by_event_.erase(found);
    const auto [from, to] = waiting_.equal_range(at->second.needs);
    for (auto one = from; one != to; ++one)
        if (one->second == at->first) {
            waiting_.erase(one);
            break;
        }
    --(at->second.ticket ? tickets_sent_ : rows_sent_);
    if (at->second.row) rows_sent_bytes_ -= at->second.request->bytes();
    auto item = std::move(at->second);
    sent_.erase(at);
    return item;
}

void Submissions::answer(const Item& item, Result<bus::Receipts> result) {
    bytes_ -= item.request->bytes();
    shared_.queue.add(AnswerPublisher{item.ticket, std::move(result)});
}

void Submissions::remove_row(std::uint64_t row) {
    if (rows_stored_ > 0) --rows_stored_;
    shared_.queue.add(RemoveOutbox{{row}});
}

}  // namespace rotacast::cluster

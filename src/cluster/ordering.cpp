#include "cluster/ordering.hpp"

namespace rotacast::cluster {

Ordering::Ordering(OrderingOptions options, ReplicaState replica, std::size_t outbox_rows)
    : shared_{.options = std::move(options), .replica = std::move(replica)},
      joining_(shared_),
      submissions_(shared_, outbox_rows),
      tail_(shared_),
      upkeep_(shared_) {}

void Ordering::tick(Milliseconds time) {
    shared_.now = time;
    if (shared_.queue.overdue(time)) return replace_connection("Redis does not answer");
    joining_.tick();
    submissions_.tick();
    upkeep_.tick();
}

void Ordering::submit(Ticket ticket, OrderRequestPtr request) {
    submissions_.submit(ticket, std::move(request));
}

void Ordering::connected(std::string identity) {
    leave_order("joining the order");
    joining_.connected(std::move(identity));
    greet_if_quiet();
}

void Ordering::disconnected() {
    leave_order("Redis cannot be reached");
    joining_.disconnected();
}

/// What is under way on the connection counts no more; requests go to the outbox.
void Ordering::leave_order(std::string_view reason) {
    reason_ = reason;
    shared_.queue.forget_outstanding();
    upkeep_.stop();
    tail_.stop();
    submissions_.stop(tail_.handed());
}

void Ordering::hello_again(std::string_view reason) {
    leave_order(reason);
    joining_.start_again();
    greet_if_quiet();
}

void Ordering::replace_connection(std::string reason) {
    leave_order(reason);
    joining_.disconnected();
    shared_.queue.add(Reconnect{std::move(reason)});
}

void Ordering::greet_if_quiet() {
    if (joining_.stage() != Stage::quiescing || !tail_.quiet() || joining_.replica_busy()) return;
    joining_.greet();
}

void Ordering::go_online_if_joined(Stage before) {
    if (before == Stage::online || joining_.stage() != Stage::online) return;
    reason_.clear();
    tail_.begin();
    upkeep_.begin();
    submissions_.begin();
}

void Ordering::answered(ActionId id, ScriptAnswer answer) {
    if (!shared_.queue.answered(id)) return;
    const auto before = joining_.stage();
    if (joining_.answered(id, answer)) return go_online_if_joined(before);
    if (const auto taken = submissions_.answered(id, answer);
        taken != Submissions::Taken::not_mine) {
        if (taken == Submissions::Taken::hello_again) hello_again("the cluster settles");
        return;
    }
    switch (upkeep_.answered(id, answer)) {
        case Upkeep::Taken::hello_again: return hello_again("the cluster settles");
        case Upkeep::Taken::stream_is_shorter: return hello_again("Redis has lost entries");
        case Upkeep::Taken::done:
        case Upkeep::Taken::not_mine: break;
    }
}

void Ordering::call_failed(ActionId id, const Error& error) {
    if (!shared_.queue.answered(id)) return;
    joining_.call_failed(id);
    replace_connection(error.message);
}

void Ordering::stream_read(ActionId id, StreamRecords records) {
    if (!shared_.queue.answered(id)) return;
    StreamRecords handed;
    const auto complaint = tail_.stream_read(id, std::move(records), handed);
    submissions_.noticed(handed);
    if (complaint) hello_again(*complaint);
}

void Ordering::replica_stored(Offset last) {
    shared_.replica.last = last;
    tail_.replica_stored(last);
    submissions_.replica_stored(last);
    greet_if_quiet();
}

void Ordering::replica_adopted(ReplicaState state, std::size_t rows_added) {
    submissions_.rows_added(rows_added);
    replica_begun(std::move(state));
}

void Ordering::replica_begun(ReplicaState state) {
    const auto before = joining_.stage();
    joining_.replica_changed(std::move(state));
    go_online_if_joined(before);
    greet_if_quiet();
}

void Ordering::replica_read(ActionId id, StreamRecords records) {
    joining_.replica_read(id, std::move(records));
}

void Ordering::witnesses_read(ActionId id, std::vector<Witness> witnesses) {
    joining_.witnesses_read(id, std::move(witnesses));
}

void Ordering::replica_trimmed(Offset first) {
    shared_.replica.first = first;
}

void Ordering::replica_recovered(ReplicaState state, std::size_t rows_added) {
    const bool connected = joining_.stage() != Stage::offline;
    leave_order("the journal's disk has failed");
    submissions_.rows_added(rows_added);
    if (connected) joining_.start_again();
    joining_.replica_changed(std::move(state));
    tail_.replica_recovered();
    submissions_.replica_stored(shared_.replica.last);
    submissions_.stop(shared_.replica.last);
    greet_if_quiet();
}

void Ordering::outbox_stored(Ticket ticket) {
    submissions_.outbox_stored(ticket);
}

void Ordering::outbox_failed(Ticket ticket, Error error) {
    submissions_.outbox_failed(ticket, std::move(error));
}

void Ordering::outbox_read(ActionId id, std::vector<OutboxRow> rows) {
    submissions_.outbox_read(id, std::move(rows));
}

void Ordering::leave() {
    upkeep_.leave();
}

Actions Ordering::take_actions() {
    return shared_.queue.take();
}

OrderingStatus Ordering::status() const {
    return {.stage = joining_.stage(),
            .outbox_rows = submissions_.outbox_rows(),
            .pending_requests = submissions_.pending(),
            .stored = shared_.replica.last,
            .stream_last = shared_.stream_last,
            .nodes = shared_.nodes};
}

}  // namespace rotacast::cluster

#include "simulate/people.hpp"

#include <algorithm>

namespace rotacast::simulate {

PublisherModel::PublisherModel(World& world, Nodes& nodes, std::size_t index)
    : world_(world), nodes_(nodes), name_("publisher " + std::to_string(index)) {}

void PublisherModel::publish(Time end, std::int64_t pause_ms_max) {
    end_ = end;
    pause_ms_max_ = pause_ms_max;
    world_.time.after(world_.between(0, 500), [this] { begin_request(); });
}

void PublisherModel::begin_request() {
    if (world_.time.now() >= end_) return;
    ++request_;
    unanswered_ = true;
    content_ = {};
    const auto text = name_ + '/' + std::to_string(request_);
    if (world_.dice.one_in(3)) content_.key = text;
    const auto events = world_.dice.one_in(4) ? world_.dice.below(3) + 1 : 1;
    for (std::uint64_t i = 0; i < events; ++i) {
        content_.digests.push_back(text + '/' + std::to_string(i));
        content_.ids.push_back(world_.uuid());
    }
    attempt();
}

void PublisherModel::attempt() {
    // With a key, each attempt has identifiers of its own, as the bus gives them.
    if (!content_.key.empty())
        for (auto& id : content_.ids) id = world_.uuid();
    const auto copies = world_.dice.one_in(10) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
        auto& node = *nodes_[world_.dice.below(nodes_.size())];
        if (!node.is_running()) continue;
        world_.ledger.note(name_, " sends ", content_.digests.front(), " to ", node.name());
        node.submit(encode(), [this, request = request_](const Result<bus::Receipts>& answer) {
            answered(request, answer);
        });
        if (!content_.key.empty())
            for (auto& id : content_.ids) id = world_.uuid();
    }
    world_.time.after(world_.between(500, 3'000), [this, request = request_] {
        if (request == request_ && unanswered_) attempt();
    });
}

void PublisherModel::answered(std::uint64_t request, const Result<bus::Receipts>& answer) {
    if (request != request_ || !unanswered_) return;
    if (!answer) {
        world_.ledger.note(name_, " is refused: ", answer.error().message);
        if (answer.error().code != ErrorCode::unavailable)
            world_.ledger.violate(name_, " is refused: ", answer.error().message);
        return;  // it will repeat
    }
    world_.ledger.note(name_, " is answered at ", answer->front().offset);
    for (const auto& digest : content_.digests) world_.ledger.promise(digest);
    unanswered_ = false;
    world_.time.after(world_.dice.one_in(3) ? Time{0} : world_.between(0, pause_ms_max_),
                      [this] { begin_request(); });
}

cluster::OrderRequestPtr PublisherModel::encode() const {
    auto request = std::make_shared<cluster::OrderRequest>();
    request->publisher = name_;
    for (std::size_t i = 0; i < content_.ids.size(); ++i)
        request->events.push_back({content_.ids[i], name_, "{}", "", content_.digests[i]});
    if (!content_.key.empty())
        request->key = cluster::RequestKey{
            content_.key, content_.key, 0, static_cast<std::uint32_t>(content_.ids.size())};
    return request;
}

ReaderModel::ReaderModel(World& world, Nodes& nodes, std::size_t index)
    : world_(world),
      nodes_(nodes),
      name_("reader " + std::to_string(index)),
      node_(index % nodes.size()) {}

void ReaderModel::follow() {
    poll();
    world_.time.after(world_.between(20, 100), [this] { follow(); });
}

void ReaderModel::poll() {
    if (!nodes_[node_]->is_running() || world_.dice.one_in(20))
        node_ = world_.dice.below(nodes_.size());
    if (nodes_[node_]->is_running()) read(nodes_[node_]->replica());
}

void ReaderModel::be_told(const std::string& epoch, Offset offset) {
    world_.ledger.note(
        name_, " is told of a gap: ", epoch_, '.', offset_, " to ", epoch, '.', offset);
    epoch_ = epoch;
    offset_ = offset;
    seen_.clear();
    chain_.clear();
}

void ReaderModel::read(const ReplicaModel& replica) {
    if (epoch_.empty()) be_told(replica.epoch(), 0);
    if (epoch_ != replica.epoch()) {
        const auto shared = replica.shared_with(epoch_);
        if (!shared || *shared < offset_) be_told(replica.epoch(), replica.last());
        epoch_ = replica.epoch();
    }
    if (offset_ + 1 < replica.first()) be_told(replica.epoch(), replica.first() - 1);
    // A cursor that is ahead of the node waits for it.
    for (; offset_ < replica.last(); ++offset_) {
        const auto& record = *replica.at(offset_ + 1);
        world_.ledger.seen(epoch_, record.offset, record.event_id, name_);
        if (!seen_.insert(record.event_id).second)
            world_.ledger.violate(
                name_, " is shown an event twice, again at ", epoch_, '.', record.offset);
        chain_.emplace_back(record.offset, record.event_id);
    }
}

bool ReaderModel::has_seen(const ReplicaModel& order) const {
    return epoch_ == order.epoch() && offset_ == order.last();
}

void ReaderModel::check(const ReplicaModel& order) {
    for (const auto& [offset, id] : chain_) {
        const auto* record = order.at(offset);
        if (record && record->event_id != id)
            world_.ledger.violate(name_,
                                  " has seen another event at ",
                                  offset,
                                  " than the order has, and was not told");
    }
}

}  // namespace rotacast::simulate

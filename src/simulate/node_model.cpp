#include "simulate/node_model.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::simulate {
namespace {

constexpr Time tick_interval{50'000};

std::string shown(const cluster::HelloAnswer& answer) {
    if (const auto* joined = std::get_if<cluster::Joined>(&answer))
        return "joined " + joined->epoch + ", agreed " + std::to_string(joined->agreed) + " of " +
               std::to_string(joined->last);
    if (const auto* restore = std::get_if<cluster::Restore>(&answer))
        return "restore after " + std::to_string(restore->last);
    if (const auto* show = std::get_if<cluster::Show>(&answer))
        return "show " + std::to_string(show->offset);
    return "wait";
}

}  // namespace

NodeModel::NodeModel(World& world, std::size_t index, cluster::OrderingOptions options)
    : world_(world),
      name_("node " + std::to_string(index)),
      options_(std::move(options)),
      replica_("a" + std::to_string(index)) {
    options_.node = options_.name = name_;
}

/// Passes an input to the machine and carries out what it wants.
template <class Input>
void NodeModel::input(Input input) {
    if (!machine_) return;
    input(*machine_);
    // An action may end this life, but only by what it plans for later.
    for (auto& action : machine_->take_actions())
        std::visit([this](auto& one) { this->act(one); }, action);
}

void NodeModel::start() {
    if (machine_) return;
    world_.ledger.note(name_, " starts at ", replica_.epoch(), '.', replica_.last());
    ++lives_;
    attempts_ = 0;
    machine_ = std::make_unique<cluster::Ordering>(options_, replica_.state(), outbox_.rows.size());
    tick();
    connect_soon();
}

void NodeModel::crash() {
    if (!machine_) return;
    auto done = world_.dice.below(disk_.size() + 1);
    world_.ledger.note(name_, " crashes; its disk does ", done, " of ", disk_.size());
    for (auto& work : disk_)
        if (done-- > 0)
            work.durable();
        else
            break;
    ++lives_;
    close_link();
    machine_.reset();
    disk_.clear();
    ++disk_work_;
    rows_added_ = 0;
    answers_.clear();
}

void NodeModel::tick() {
    input([&](auto& machine) { machine.tick(world_.time.now_ms()); });
    world_.time.after(tick_interval, [this, life = lives_] {
        if (life == lives_) tick();
    });
}

void NodeModel::submit(cluster::OrderRequestPtr request, Answer answer) {
    const auto ticket = ++last_ticket_;
    answers_.emplace(ticket, std::move(answer));
    input([&](auto& machine) { machine.submit(ticket, std::move(request)); });
}

// ---------------------------------------------------------------------------------- connections --

void NodeModel::connect_soon() {
    const auto pause_max = std::min<std::int64_t>(10 << std::min<std::int64_t>(attempts_, 5), 250);
    ++attempts_;
    world_.time.after(world_.between(0, pause_max), [this, life = lives_] {
        if (life == lives_ && !link_) connect();
    });
}

void NodeModel::connect() {
    if (!redis_->is_up() || world_.time.now() < partitioned_until_) return connect_soon();
    link_ = std::make_shared<Link>();
    linked_ = redis_;
    waits_ = false;
    // The link may outlive this life of the node, but is closed by then.
    link_->answered = [this](cluster::ActionId id, cluster::ScriptAnswer answer) {
        const auto* hello = std::get_if<cluster::HelloAnswer>(&answer);
        const bool waits = hello && std::holds_alternative<cluster::Wait>(*hello);
        if (hello && !(waits && waits_)) world_.ledger.note(name_, " is told: ", shown(*hello));
        if (hello) waits_ = waits;
        input([&](auto& machine) { machine.answered(id, std::move(answer)); });
    };
    link_->failed = [this](cluster::ActionId id, const Error& error) {
        input([&](auto& machine) { machine.call_failed(id, error); });
    };
    link_->read = [this](cluster::ActionId id, StreamRecords records) {
        input([&](auto& machine) { machine.stream_read(id, std::move(records)); });
    };
    world_.time.after(world_.between(0, 3), [this, link = link_, identity = redis_->identity()] {
        if (!link->open) return;
        world_.ledger.note(name_, " is connected to ", identity);
        input([&](auto& machine) { machine.connected(identity); });
    });
}

void NodeModel::close_link() {
    if (!link_) return;
    link_->open = false;
    link_->loses_requests = world_.dice.one_in(2);
    link_.reset();
}

void NodeModel::cut() {
    if (!machine_ || !link_) return;
    world_.ledger.note(name_, " loses its connection");
    if (status().stage == cluster::Stage::online) attempts_ = 0;
    close_link();
    input([](auto& machine) { machine.disconnected(); });
    connect_soon();
}

void NodeModel::partition_until(Time time) {
    partitioned_until_ = std::max(partitioned_until_, time);
    cut();
}

void NodeModel::half_open() {
    if (!link_) return;
    world_.ledger.note(name_, " has a half-open connection");
    link_->half_open = true;
}

void NodeModel::act(cluster::Reconnect& action) {
    world_.ledger.note(name_, " connects anew: ", action.reason);
    // Not within the present input.
    world_.time.after(Time{0}, [this, life = lives_, link = link_] {
        if (life == lives_ && link_ == link) cut();
    });
}

void NodeModel::act(cluster::SendCall& action) {
    if (!link_) return;
    if (const auto* hello = std::get_if<cluster::HelloCall>(&action.call); hello && !waits_)
        world_.ledger.note(name_, " says hello: ", hello->epoch, '.', hello->last);
    linked_->call(link_, action.id, std::move(action.call));
}

void NodeModel::act(cluster::ReadStream& action) {
    if (link_)
        linked_->read(link_, action.id, action.after, action.entries_max, options_.read_block);
}

// ----------------------------------------------------------------------------------------- disk --

void NodeModel::disk(DiskWork work) {
    disk_.push_back(std::move(work));
    if (disk_.size() == 1) begin_disk_work();
}

void NodeModel::begin_disk_work() {
    auto& dice = world_.dice;
    Time takes{dice.one_in(world_.rough ? 8 : 100) ? dice.between(5'000, 50'000)
                                                   : dice.between(100, 2'000)};
    if (world_.time.now() < slow_until_) takes = Time(dice.between(20'000, 300'000));
    world_.time.after(takes, [this, work = ++disk_work_] {
        if (work == disk_work_) disk_done();
    });
}

void NodeModel::disk_done() {
    auto work = std::move(disk_.front());
    disk_.pop_front();
    work.durable();
    if (!disk_.empty()) begin_disk_work();
    if (work.answer) work.answer();
}

void NodeModel::fail_disk() {
    if (!machine_) return;
    auto done = world_.dice.below(disk_.size() + 1);
    world_.ledger.note(name_, "'s disk fails after ", done, " of ", disk_.size());
    std::vector<std::function<void()>> then;
    for (auto& work : std::exchange(disk_, {})) {
        if (done > 0) work.durable();
        // Of what is answered by state() below, nothing else is said.
        if (work.failed) then.push_back(std::move(done > 0 ? work.answer : work.failed));
        if (done > 0) --done;
    }
    ++disk_work_;
    for (auto& answer : then) answer();
    input([&](auto& machine) {
        machine.replica_recovered(replica_.state(), std::exchange(rows_added_, 0));
    });
}

void NodeModel::act(cluster::StoreRecords& action) {
    const auto last = action.records.back().offset;
    disk({.durable =
              [this, records = std::move(action.records)] {
                  for (const auto& record : records) {
                      if (record.offset != replica_.last() + 1)
                          world_.ledger.violate(
                              name_, " stores ", record.offset, " after ", replica_.last());
                      world_.ledger.seen(replica_.epoch(), record.offset, record.event_id, name_);
                      if (!replica_.store(record))
                          world_.ledger.violate(
                              name_, " stores an event twice, again at ", record.offset);
                  }
              },
          .answer = [this, last] { input([&](auto& machine) { machine.replica_stored(last); }); },
          .failed = {}});
}

void NodeModel::act(cluster::Adopt& action) {
    world_.ledger.note(
        name_, " takes over ", action.epoch, ", keeps ", action.keep, " of ", replica_.last());
    disk({.durable =
              [this, keep = action.keep] {
                  for (const auto& record : replica_.beyond(keep)) {
                      outbox_.add(as_request(record));
                      ++rows_added_;
                  }
              },
          .answer = {},
          .failed = {}});
    disk({.durable = [this, action] { replica_.adopt(action); },
          .answer =
              [this] {
                  input([&](auto& machine) {
                      machine.replica_adopted(replica_.state(), std::exchange(rows_added_, 0));
                  });
              },
          .failed = {}});
}

void NodeModel::act(cluster::BeginAt& action) {
    world_.ledger.note(name_, " begins anew at ", action.first);
    disk({.durable = [this, first = action.first] { replica_.begin_at(first); },
          .answer =
              [this] { input([&](auto& machine) { machine.replica_begun(replica_.state()); }); },
          .failed = {}});
}

void NodeModel::act(cluster::ReadReplica& action) {
    disk({.durable = [] {},
          .answer =
              [this, action] {
                  input([&](auto& machine) {
                      machine.replica_read(action.id,
                                           replica_.read(action.after, action.entries_max));
                  });
              },
          .failed = {}});
}

void NodeModel::act(cluster::ReadWitnesses& action) {
    disk({.durable = [] {},
          .answer =
              [this, action] {
                  std::vector<cluster::Witness> witnesses;
                  for (const auto offset : action.offsets)
                      if (const auto* record = replica_.at(offset))
                          witnesses.push_back({offset, record->event_id});
                  input([&](auto& machine) {
                      machine.witnesses_read(action.id, std::move(witnesses));
                  });
              },
          .failed = {}});
}

void NodeModel::act(cluster::WriteOutbox& action) {
    disk({.durable = [this, request = action.request] { outbox_.add(request); },
          .answer =
              [this, ticket = action.ticket] {
                  input([&](auto& machine) { machine.outbox_stored(ticket); });
              },
          .failed =
              [this, ticket = action.ticket] {
                  input([&](auto& machine) {
                      machine.outbox_failed(ticket, {ErrorCode::unavailable, "disk failed", ""});
                  });
              }});
}

void NodeModel::act(cluster::ReadOutbox& action) {
    disk({.durable = [] {},
          .answer =
              [this, action] {
                  input([&](auto& machine) {
                      machine.outbox_read(action.id, outbox_.read(action.after, action.rows_max));
                  });
              },
          .failed = {}});
}

void NodeModel::act(cluster::RemoveOutbox& action) {
    disk({.durable =
              [this, numbers = std::move(action.numbers)] {
                  for (const auto number : numbers) outbox_.rows.erase(number);
              },
          .answer = {},
          .failed = {}});
}

// ----------------------------------------------------------------------------------- publishers --

void NodeModel::act(cluster::AnswerPublisher& action) {
    const auto found = answers_.find(action.ticket);
    if (found == answers_.end()) return world_.ledger.violate(name_, " answers a request twice");
    const auto answer = std::move(found->second);
    answers_.erase(found);
    if (action.answer)
        for (const auto& receipt : *action.answer)
            if (receipt.offset > 0)
                world_.ledger.seen(receipt.epoch, receipt.offset, receipt.event_id, name_);
    answer(action.answer);
}

void NodeModel::act(cluster::ShowUnordered&) {}

void NodeModel::act(cluster::RowRefused& action) {
    world_.ledger.violate(name_, " loses row ", action.row.number, " of its outbox to a refusal");
}

}  // namespace rotacast::simulate

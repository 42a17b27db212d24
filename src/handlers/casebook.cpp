#include "handlers/casebook.hpp"

#include <algorithm>
#include <set>

namespace rotacast::handlers {
namespace {

constexpr std::size_t entries_per_read = 1000;

using Text = std::optional<std::string>;

Text text_of(const events::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string(value->as_string());
}

/// The first that is known; what was known stays when none is.
void set(std::string& to, std::initializer_list<Text> choices) {
    for (const auto& choice : choices)
        if (choice && !choice->empty()) {
            to = *choice;
            return;
        }
}

}  // namespace

/// One overload for each type of event that says something.
class Learning {
  public:
    explicit Learning(Casebook& book) : book_(book) {}

    template <class E>
    void operator()(const E& e) const {
        if constexpr (requires { learn(e); }) learn(e);
    }

  private:
    void duty(const std::string& id,
              const Text& person,
              const Text& schedule,
              const Text& block) const {
        auto& known = book_.duties_[id];
        set(known.person, {person});
        set(known.schedule, {schedule});
        set(known.block, {block});
    }

    void learn(const events::AssignmentCreated& e) const {
        duty(e.assignment_id, e.person_id, e.schedule_id, e.block_id);
    }
    void learn(const events::AssignmentConfirmed& e) const {
        duty(e.assignment_id, e.person_id, e.schedule_id, e.block_id);
    }
    void learn(const events::AssignmentUpdated& e) const {
        auto& known = book_.duties_[e.assignment_id];
        set(known.person, {text_of(e.changes, "person_id"), e.person_id});
        set(known.schedule, {text_of(e.changes, "schedule_id"), e.schedule_id});
        set(known.block, {text_of(e.changes, "block_id"), e.block_id});
    }
    void learn(const events::AssignmentDeleted& e) const {
        if (book_.duties_.find(e.assignment_id)) book_.duties_[e.assignment_id] = {};
    }

    template <class E>
    void parties(const E& e) const {
        auto& known = book_.swaps_[e.swap_id];
        set(known.requester, {e.requester_id});
        set(known.target, {e.target_person_id});
    }
    void changes(const std::vector<events::json::object>& list) const {
        for (const auto& change : list) {
            const auto id = text_of(change, "assignment_id");
            if (!id) continue;
            auto& known = book_.duties_[*id];
            set(known.person, {text_of(change, "new_person_id"), text_of(change, "person_id")});
            set(known.schedule, {text_of(change, "schedule_id")});
            set(known.block, {text_of(change, "block_id")});
        }
    }
    void learn(const events::SwapRequested& e) const {
        auto& known = book_.swaps_[e.swap_id];
        set(known.requester, {e.requester_id});
        Text owner;
        if (e.target_assignment_id)
            if (const auto* wanted = book_.duties_.find(*e.target_assignment_id))
                owner = wanted->person;
        set(known.target, {e.target_person_id, owner});
    }
    void learn(const events::SwapApproved& e) const { parties(e); }
    void learn(const events::SwapExecuted& e) const {
        parties(e);
        changes(e.assignment_changes);
    }
    void learn(const events::SwapRolledBack& e) const {
        parties(e);
        changes(e.assignment_changes);
    }

    void learn(const events::AbsenceCreated& e) const {
        book_.absences_[e.absence_id] = e.person_id;
    }
    void learn(const events::AbsenceApproved& e) const {
        set(book_.absences_[e.absence_id], {e.person_id});
    }

    Casebook& book_;
};

Casebook::Casebook(bus::Journal& journal, CasebookLimits limits)
    : journal_(journal),
      duties_(limits.duties_max),
      swaps_(limits.swaps_max),
      absences_(limits.absences_max) {}

Result<void> Casebook::read_up_to(bus::Offset offset, const std::stop_token& stop) {
    const std::scoped_lock lock(mutex_);
    while (read_ < offset) {
        if (stop.stop_requested())
            return Error{ErrorCode::unavailable, "Reading the journal was stopped.", ""};
        const auto batch = journal_.read(read_, entries_per_read);
        if (!batch) return batch.error();
        if ((*batch)->entries.empty()) return {};  // dropped meanwhile
        for (const auto& entry : (*batch)->entries) learn(entry.envelope.event);
        read_ = (*batch)->entries.back().offset;
    }
    return {};
}

void Casebook::learn(const events::Event& event) {
    std::visit(Learning(*this), event);
}

std::vector<std::string> Casebook::assigned_to(const std::string& schedule) const {
    const std::scoped_lock lock(mutex_);
    std::set<std::string> persons;
    duties_.for_each([&](const Duty& duty) {
        if (duty.schedule == schedule && !duty.person.empty()) persons.insert(duty.person);
    });
    return {persons.begin(), persons.end()};
}

std::vector<std::string> Casebook::on_duty_in(const std::vector<std::string>& blocks) const {
    const std::scoped_lock lock(mutex_);
    const std::set<std::string> wanted(blocks.begin(), blocks.end());
    std::set<std::string> persons;
    duties_.for_each([&](const Duty& duty) {
        if (!duty.person.empty() && wanted.contains(duty.block)) persons.insert(duty.person);
    });
    return {persons.begin(), persons.end()};
}

Duty Casebook::duty(const std::string& assignment) const {
    const std::scoped_lock lock(mutex_);
    const auto* found = duties_.find(assignment);
    return found ? *found : Duty{};
}

SwapParties Casebook::parties(const std::string& swap) const {
    const std::scoped_lock lock(mutex_);
    const auto* found = swaps_.find(swap);
    return found ? *found : SwapParties{};
}

std::string Casebook::absent_person(const std::string& absence) const {
    const std::scoped_lock lock(mutex_);
    const auto* found = absences_.find(absence);
    return found ? *found : std::string{};
}

}  // namespace rotacast::handlers

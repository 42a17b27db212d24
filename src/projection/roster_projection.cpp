#include "projection/roster_projection.hpp"

#include "projection/projector.hpp"
#include "reflect/decode.hpp"
#include "reflect/encode.hpp"

#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace rotacast::projection {

using events::Known;
using events::KnownAbsence;
using events::KnownAssignment;
using events::KnownSwap;

namespace {

constexpr std::size_t text_bytes_max = 128;
constexpr std::size_t list_max = 64;
constexpr std::size_t changes_max = 1'000;
constexpr std::size_t slots_per_step = 1'024;

/// The kinds of stored facts, by their index in RosterProjection::Value. Do not change them.
constexpr std::array<std::string_view, 3> kinds{"assignment", "swap", "absence"};

std::optional<std::string> kept(MaybeText text) {
    if (!text || text->size() > text_bytes_max) return std::nullopt;
    return std::string(*text);
}

std::optional<std::vector<std::string>> kept(const Texts& texts) {
    std::vector<std::string> list;
    for (const auto text : texts)
        if (text.size() <= text_bytes_max && list.size() < list_max) list.emplace_back(text);
    return list.empty() ? std::nullopt : std::optional(std::move(list));
}

KnownAssignment kept(const AssignmentFacts& facts) {
    return {kept(facts.person),
            kept(facts.block),
            kept(facts.rotation),
            kept(facts.schedule),
            facts.deleted ? std::optional(true) : std::nullopt};
}
KnownSwap kept(const SwapFacts& facts) {
    return {kept(facts.requester), kept(facts.target), kept(facts.type), kept(facts.assignments)};
}
KnownAbsence kept(const AbsenceFacts& facts) {
    return {kept(facts.person), kept(facts.blocks), kept(facts.severity)};
}

/// Drops what the event itself contains.
void leave_out(MaybeText& known, MaybeText own) {
    if (own) known.reset();
}
/// Keeps the previous owner if the event gives the assignment to another person.
AssignmentFacts without(AssignmentFacts known, const AssignmentFacts& own) {
    if (known.person == own.person) known.person.reset();
    leave_out(known.block, own.block);
    leave_out(known.rotation, own.rotation);
    leave_out(known.schedule, own.schedule);
    return known;
}
SwapFacts without(SwapFacts known, const SwapFacts& own) {
    leave_out(known.requester, own.requester);
    leave_out(known.target, own.target);
    leave_out(known.type, own.type);
    if (!own.assignments.empty()) known.assignments.clear();
    return known;
}
AbsenceFacts without(AbsenceFacts known, const AbsenceFacts& own) {
    leave_out(known.person, own.person);
    leave_out(known.severity, own.severity);
    if (!own.blocks.empty()) known.blocks.clear();
    return known;
}

template <class T>
bool says_something(const T& known) {
    return known != T{};
}

}  // namespace

/// Collects what was known about the things that an event refers to. One overload for each event
/// type that needs earlier events.
struct Recall {
    const RosterProjection& roster;
    Known known = {};

    template <class E>
    void operator()(const E& e) {
        if constexpr (requires { of(e); }) of(e);
    }

    AssignmentFacts assignment(std::string_view id) const {
        const auto* found = roster.find<KnownAssignment>(id);
        return found ? facts_of(*found) : AssignmentFacts{};
    }
    SwapFacts swap(std::string_view id) const {
        const auto* found = roster.find<KnownSwap>(id);
        return found ? facts_of(*found) : SwapFacts{};
    }
    AbsenceFacts absence(std::string_view id) const {
        const auto* found = roster.find<KnownAbsence>(id);
        return found ? facts_of(*found) : AbsenceFacts{};
    }

    void take_one(const AssignmentFacts& facts) {
        if (auto one = kept(facts); says_something(one))
            known.assignments.emplace(1, std::move(one));
    }
    void take(const SwapFacts& facts) {
        if (auto one = kept(facts); says_something(one)) known.swap = std::move(one);
    }
    void take(const AbsenceFacts& facts) {
        if (auto one = kept(facts); says_something(one)) known.absence = std::move(one);
    }

    template <class E>
    void of_assignment(const E& e) {
        take_one(without(assignment(e.assignment_id), after(e, AssignmentFacts{})));
    }
    void of(const events::AssignmentUpdated& e) { of_assignment(e); }
    void of(const events::AssignmentConfirmed& e) { of_assignment(e); }
    void of(const events::AssignmentDeleted& e) { of_assignment(e); }

    template <class E>
    void of_swap(const E& e) {
        take(without(swap(e.swap_id), after(e, SwapFacts{})));
    }
    void of_changes(const std::vector<events::json::object>& changes) {
        std::vector<KnownAssignment> list;
        for (std::size_t i = 0; i < std::min(changes.size(), changes_max); ++i) {
            const auto change = change_of(changes[i]);
            if (!change.assignment) continue;
            const auto before = assignment(*change.assignment);
            auto one = kept(without(before, after(change, AssignmentFacts{})));
            if (!says_something(one)) continue;
            list.resize(i);
            list.push_back(std::move(one));
        }
        if (!list.empty()) known.assignments = std::move(list);
    }
    void of(const events::SwapRequested& e) {
        const auto wanted =
            e.target_assignment_id ? assignment(*e.target_assignment_id) : AssignmentFacts{};
        take(without(swap(e.swap_id), after(e, SwapFacts{}, {})));
        if (!e.target_person_id) take_one({.person = wanted.person});
    }
    void of(const events::SwapApproved& e) { of_swap(e); }
    void of(const events::SwapRejected& e) { of_swap(e); }
    void of(const events::SwapCancelled& e) { of_swap(e); }
    void of(const events::SwapExecuted& e) {
        of_swap(e);
        of_changes(e.assignment_changes);
    }
    void of(const events::SwapRolledBack& e) {
        of_swap(e);
        of_changes(e.assignment_changes);
    }

    void of(const events::AbsenceUpdated& e) {
        take(without(absence(e.absence_id), after(e, AbsenceFacts{})));
    }
    void of(const events::AbsenceApproved& e) {
        take(without(absence(e.absence_id), after(e, AbsenceFacts{})));
    }
};

/// Records what is known after an event. One overload for each event type that contains facts.
struct Learning {
    RosterProjection& roster;
    events::Offset offset;
    const Known* known;

    template <class E>
    void operator()(const E& e) const {
        if constexpr (requires { of(e); }) of(e);
    }

    template <class E>
    void of_assignment(const E& e) const {
        roster.put(e.assignment_id, kept(after(e, known_assignment(known))), offset);
    }
    void of(const events::AssignmentCreated& e) const { of_assignment(e); }
    void of(const events::AssignmentUpdated& e) const { of_assignment(e); }
    void of(const events::AssignmentConfirmed& e) const { of_assignment(e); }
    void of(const events::AssignmentDeleted& e) const {
        if (e.soft_delete)
            of_assignment(e);
        else
            roster.put(e.assignment_id, KnownAssignment{}, offset);
    }

    template <class E>
    void of_swap(const E& e) const {
        roster.put(e.swap_id, kept(after(e, known_swap(known))), offset);
    }
    void of_changes(const std::vector<events::json::object>& changes) const {
        for (std::size_t i = 0; i < std::min(changes.size(), changes_max); ++i)
            if (const auto change = change_of(changes[i]); change.assignment)
                roster.put(
                    *change.assignment, kept(after(change, known_assignment(known, i))), offset);
    }
    void of(const events::SwapRequested& e) const {
        const auto facts = after(e, known_swap(known), known_assignment(known));
        roster.put(e.swap_id, kept(facts), offset);
    }
    void of(const events::SwapApproved& e) const { of_swap(e); }
    void of(const events::SwapRejected& e) const { of_swap(e); }
    void of(const events::SwapCancelled& e) const { of_swap(e); }
    void of(const events::SwapExecuted& e) const {
        of_swap(e);
        of_changes(e.assignment_changes);
    }
    void of(const events::SwapRolledBack& e) const {
        of_swap(e);
        of_changes(e.assignment_changes);
    }

    template <class E>
    void of_absence(const E& e) const {
        roster.put(e.absence_id, kept(after(e, known_absence(known))), offset);
    }
    void of(const events::AbsenceCreated& e) const { of_absence(e); }
    void of(const events::AbsenceUpdated& e) const { of_absence(e); }
    void of(const events::AbsenceApproved& e) const { of_absence(e); }
    void of(const events::AbsenceRejected& e) const { of_absence(e); }
    void of(const events::AbsenceDeleted& e) const { of_absence(e); }
};

RosterProjection::RosterProjection(RosterLimits limits)
    : things_(limits.assignments_max, limits.swaps_max, limits.absences_max) {}

bus::KnownPtr RosterProjection::known(const events::Event& event) const {
    Recall recall{*this};
    std::visit(recall, event);
    if (!says_something(recall.known)) return nullptr;
    return std::make_shared<const Known>(std::move(recall.known));
}

void RosterProjection::learn(events::Offset offset,
                             const events::Event& event,
                             const bus::KnownPtr& known) {
    std::visit(Learning{*this, offset, known.get()}, event);
}

std::vector<std::string> RosterProjection::unseen(const events::Event& event,
                                                  const Known* known) const {
    return members_missing(event, known);
}

template <class T>
const T* RosterProjection::find(std::string_view id) const {
    const auto& last = last_learnt_[boost::mp11::mp_find<Value, T>::value];
    if (const auto found = last.find(id); found != last.end())
        return &std::get<T>(learnt_[found->second].value);
    return std::get<BoundedMap<T>>(things_).find(id);
}

template <class T>
void RosterProjection::put(std::string_view id, T value, events::Offset offset) {
    if (id.empty() || id.size() > text_bytes_max) return;
    learnt_.push_back({std::string(id), std::move(value), offset});
    const auto& learnt = learnt_.back();
    last_learnt_[learnt.value.index()].insert_or_assign(learnt.id, learnt_.size() - 1);
}

void RosterProjection::roll_back(std::size_t mark) {
    if (mark == learnt_.size()) return;
    for (auto& last : last_learnt_) last.clear();
    learnt_.resize(mark);
    for (std::size_t i = 0; i < learnt_.size(); ++i)
        last_learnt_[learnt_[i].value.index()].insert_or_assign(learnt_[i].id, i);
}

void RosterProjection::commit() {
    if (learnt_.empty()) return;
    for (auto& last : last_learnt_) last.clear();
    const std::scoped_lock lock(mutex_);
    for (auto& [id, value, offset] : learnt_)
        std::visit(
            [&]<class T>(T& one) {
                std::get<BoundedMap<T>>(things_).put(id, std::move(one), offset);
            },
            value);
    learnt_.clear();
}

bus::FactSlice RosterProjection::facts_to_keep(events::Offset up_to, std::size_t facts_max) {
    bus::FactSlice slice{.facts = {}, .up_to = up_to, .forgotten_before = {}};
    const auto take = [&]<class T>(BoundedMap<T>& things) {
        const std::string kind(kinds[boost::mp11::mp_find<Value, T>::value]);
        std::size_t taken = 0;
        events::Offset last = 0;
        // A slice never splits the facts of one entry.
        things.visit_unkept([&](std::string_view id, const T& value, events::Offset offset) {
            if (offset > up_to) return false;
            if (taken >= facts_max && offset != last) {
                slice.up_to = std::min(slice.up_to, last);
                return false;
            }
            bus::Fact fact{kind, std::string(id), offset, {}};
            reflect::encode(fact.json, value, {.audience = reflect::Audience::storage});
            slice.facts.push_back(std::move(fact));
            ++taken;
            last = offset;
            return true;
        });
        if (things.is_full() && things.size() > 0)
            slice.forgotten_before.emplace_back(kind, things.oldest_offset());
    };
    std::apply([&](auto&... things) { (take(things), ...); }, things_);
    return slice;
}

void RosterProjection::facts_are_kept() {
    std::apply([](auto&... things) { (things.keep_visited(), ...); }, things_);
}

void RosterProjection::reset() {
    roll_back(0);
    const std::scoped_lock lock(mutex_);
    std::apply([](auto&... things) { (things.clear(), ...); }, things_);
}

void RosterProjection::restore(const bus::Fact& fact) {
    const auto json = reflect::parse_json(fact.json);
    if (!json) return;
    const auto take = [&]<class T>(BoundedMap<T>& things) {
        if (fact.kind != kinds[boost::mp11::mp_find<Value, T>::value]) return;
        auto value = reflect::decode<T>(*json);
        if (!value) return;
        things.put(fact.id, std::move(*value), fact.offset);
        things.visit_unkept([](auto&&...) { return true; });
        things.keep_visited();
    };
    std::apply([&](auto&... things) { (take(things), ...); }, things_);
}

template <class Chosen>
std::vector<std::string> RosterProjection::persons_where(Chosen chosen) const {
    const auto& assignments = std::get<BoundedMap<KnownAssignment>>(things_);
    std::set<std::string> persons;
    for (std::size_t from = 0;; from += slots_per_step) {
        const std::scoped_lock lock(mutex_);
        const bool more =
            assignments.visit_slots(from, slots_per_step, [&](const KnownAssignment& one) {
                if (one.person_id && !one.deleted && chosen(one)) persons.insert(*one.person_id);
            });
        if (!more) return {persons.begin(), persons.end()};
    }
}

std::vector<std::string> RosterProjection::assigned_to(std::string_view schedule) const {
    return persons_where([&](const KnownAssignment& one) {
        return one.schedule_id && *one.schedule_id == schedule;
    });
}

std::vector<std::string> RosterProjection::on_duty_in(
    const std::vector<std::string>& blocks) const {
    const std::set<std::string, std::less<>> wanted(blocks.begin(), blocks.end());
    return persons_where(
        [&](const KnownAssignment& one) { return one.block_id && wanted.contains(*one.block_id); });
}

}  // namespace rotacast::projection

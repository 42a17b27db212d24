#include "demo/story.hpp"

#include "events/assignment.hpp"
#include "events/resilience.hpp"
#include "events/schedule.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace rotacast::demo {
namespace {

using namespace std::string_view_literals;

constexpr std::array move_reasons{"covers a colleague who is ill"sv,
                                  "balances the weekend duties"sv,
                                  "takes over after the clinic was moved"sv,
                                  "has asked for more time on this rotation"sv};

constexpr std::array levels{"green"sv, "yellow"sv, "orange"sv, "red"sv};
constexpr std::array utilizations{0.71, 0.83, 0.91, 0.97};
constexpr std::array level_reasons{"Enough people for every duty again"sv,
                                   "Two residents are on leave at the same time"sv,
                                   "Three absences in intensive care in one week"sv,
                                   "One more absence would leave a night without cover"sv};
constexpr std::array level_advice{"Back to the ordinary plan."sv,
                                  "Approve no further leave for this week."sv,
                                  "Ask the backup list for the coming three nights."sv,
                                  "Call in the backup and put elective clinics off."sv};

template <class Item, std::size_t size>
std::string text(const std::array<Item, size>& list, std::size_t index) {
    return std::string(list[index]);
}

}  // namespace

Story::Story(const Programme& programme, std::uint64_t seed, std::size_t today)
    : programme_(programme),
      dice_(seed),
      today_(std::min(today, planned_days - coming_days)),
      story_id_(Uuid::derived(programme.schedule_id, seed)),
      duties_(programme.duties) {}

events::Envelope Story::schedule_created() const {
    events::ScheduleCreated event;
    event.schedule_id = to_string(programme_.schedule_id);
    event.start_date = Timestamp(programme_.blocks.front().date);
    event.end_date = Timestamp(programme_.blocks.back().date);
    event.created_by = to_string(programme_.first_of(auth::Role::coordinator).user_id);
    event.algorithm_version = "demo 1";
    event.academic_year_id = to_string(programme_.academic_year_id);
    event.affected_blocks_count = static_cast<std::int64_t>(programme_.duties.size());
    event.message = "One duty a day, from the first of July to the end of June";
    return by_coordinator(std::move(event));
}

std::vector<events::Envelope> Story::assignments_created() const {
    std::vector<events::Envelope> all;
    all.reserve(programme_.duties.size());
    for (const auto& duty : programme_.duties) {
        events::AssignmentCreated event;
        event.assignment_id = to_string(duty.assignment_id);
        event.person_id = id_of(duty.person);
        event.block_id = to_string(programme_.blocks[duty.block].id);
        event.rotation_id = to_string(programme_.rotations[duty.rotation].id);
        event.role = "primary";
        event.created_by = to_string(programme_.first_of(auth::Role::coordinator).user_id);
        event.schedule_id = to_string(programme_.schedule_id);
        all.push_back(by_coordinator(std::move(event)));
    }
    return all;
}

events::Envelope Story::next() {
    const auto roll = dice_.pick(100);
    if (roll < 34) return assignment_changed();
    if (roll < 62) {
        const bool go_on = swaps_.size() >= 3 || (!swaps_.empty() && dice_.chance(65));
        return go_on ? swap_goes_on() : swap_requested();
    }
    if (roll < 76) return absences_.size() >= 2 ? absence_approved() : absence_entered();
    if (roll < 88) return violations_.size() >= 2 ? violation_gone() : violation_detected();
    return roll < 94 ? level_changed() : schedule_changed();
}

events::Envelope Story::assignment_changed() {
    const auto duty = coming_duty();
    if (in_open_swap(duty)) return assignment_confirmed(duty);
    switch (dice_.pick(3)) {
        case 0: return assignment_moved(duty);
        case 1: return rotation_changed(duty);
        default: return assignment_confirmed(duty);
    }
}

events::Envelope Story::assignment_moved(std::size_t duty) {
    auto& changed = duties_[duty];
    events::AssignmentUpdated event;
    event.previous_values["person_id"] = id_of(changed.person);
    changed.person = (changed.person + 1 + dice_.pick(residents - 1)) % residents;
    event.changes["person_id"] = id_of(changed.person);
    event.assignment_id = to_string(changed.assignment_id);
    event.updated_by = to_string(programme_.first_of(auth::Role::coordinator).user_id);
    event.reason = person_of(duty).name + " " + std::string(dice_.one_of(move_reasons));
    event.person_id = id_of(changed.person);
    event.block_id = to_string(programme_.blocks[changed.block].id);
    event.rotation_id = to_string(programme_.rotations[changed.rotation].id);
    event.schedule_id = to_string(programme_.schedule_id);
    return by_coordinator(std::move(event));
}

events::Envelope Story::rotation_changed(std::size_t duty) {
    auto& changed = duties_[duty];
    const auto count = programme_.rotations.size();
    const auto& before = programme_.rotations[changed.rotation];
    changed.rotation = (changed.rotation + 1 + dice_.pick(count - 1)) % count;
    const auto& after = programme_.rotations[changed.rotation];
    events::AssignmentUpdated event;
    event.previous_values["rotation_id"] = to_string(before.id);
    event.changes["rotation_id"] = to_string(after.id);
    event.assignment_id = to_string(changed.assignment_id);
    event.updated_by = to_string(programme_.first_of(auth::Role::coordinator).user_id);
    event.reason = "Moved from " + before.name + " to " + after.name;
    event.person_id = id_of(changed.person);
    event.block_id = to_string(programme_.blocks[changed.block].id);
    event.rotation_id = to_string(after.id);
    event.schedule_id = to_string(programme_.schedule_id);
    return by_coordinator(std::move(event));
}

events::Envelope Story::assignment_confirmed(std::size_t duty) {
    const auto& confirmed = duties_[duty];
    events::AssignmentConfirmed event;
    event.assignment_id = to_string(confirmed.assignment_id);
    event.confirmed_by = to_string(person_of(duty).user_id);
    event.notes = person_of(duty).name + " has confirmed " + when(confirmed.block);
    event.person_id = id_of(confirmed.person);
    event.block_id = to_string(programme_.blocks[confirmed.block].id);
    event.rotation_id = to_string(programme_.rotations[confirmed.rotation].id);
    event.schedule_id = to_string(programme_.schedule_id);
    return by_coordinator(std::move(event));
}

events::Envelope Story::level_changed() {
    const auto before = level_;
    const bool worse = level_ == 0 || (level_ + 1 < levels.size() && dice_.chance(45));
    level_ = worse ? level_ + 1 : level_ - 1;
    events::ResilienceLevelChanged event;
    event.previous_level = text(levels, before);
    event.new_level = text(levels, level_);
    event.utilization = utilizations[level_];
    event.trigger_reason = text(level_reasons, level_);
    event.recommendations = {text(level_advice, level_)};
    return by_coordinator(std::move(event));
}

events::Envelope Story::schedule_changed() {
    const auto id = to_string(programme_.schedule_id);
    const auto coordinator = to_string(programme_.first_of(auth::Role::coordinator).user_id);
    if (dice_.chance(50)) {
        events::SchedulePublished event;
        event.schedule_id = id;
        event.published_by = coordinator;
        event.notification_sent = true;
        event.affected_blocks_count = static_cast<std::int64_t>(duties_.size());
        event.message = "The schedule was published again with all changes";
        return by_coordinator(std::move(event));
    }
    const auto count = static_cast<std::int64_t>(6 + dice_.pick(20));
    events::ScheduleUpdated event;
    event.schedule_id = id;
    event.updated_by = coordinator;
    event.changes["affected_blocks"] = count;
    event.reason = "Solved again after absences";
    event.update_type = "regenerated";
    event.academic_year_id = to_string(programme_.academic_year_id);
    event.affected_blocks_count = count;
    event.message = "The coming four weeks were solved again after absences";
    return by_coordinator(std::move(event));
}

events::Envelope Story::by_coordinator(events::Event event) const {
    auto envelope = events::wrap(std::move(event));
    envelope.metadata.user_id = to_string(programme_.first_of(auth::Role::coordinator).user_id);
    return envelope;
}

// Every fourth time this is a duty of the resident who can log in, so that this login sees
// something.
std::size_t Story::coming_duty() {
    const auto first = today_ + dice_.pick(coming_days);
    if (!dice_.chance(25)) return first;
    for (std::size_t i = 0; i < coming_days; ++i) {
        const auto duty = today_ + (first - today_ + i) % coming_days;
        if (duties_[duty].person == 0) return duty;
    }
    return first;
}

// The loop is bounded, although no resident of 24 can get all duties of four weeks.
std::size_t Story::duty_of_another_person(std::size_t than) {
    const auto start = dice_.pick(planned_days);
    for (std::size_t i = 0; i < planned_days; ++i) {
        const auto duty = today_ + (start + i) % coming_days;
        if (duties_[duty].person != duties_[than].person) return duty;
    }
    return (than + 1) % planned_days;
}

std::vector<std::string> Story::blocks_of(std::size_t person,
                                          std::size_t from,
                                          std::size_t days) const {
    std::vector<std::string> ids;
    for (std::size_t day = from; day < from + days; ++day)
        if (duties_[day].person == person)
            ids.push_back(to_string(programme_.blocks[duties_[day].block].id));
    return ids;
}

/// `Tue 4 Nov, afternoon`
std::string Story::when(std::size_t block) const {
    static constexpr std::array weekdays{
        "Sun"sv, "Mon"sv, "Tue"sv, "Wed"sv, "Thu"sv, "Fri"sv, "Sat"sv};
    static constexpr std::array months{"Jan"sv,
                                       "Feb"sv,
                                       "Mar"sv,
                                       "Apr"sv,
                                       "May"sv,
                                       "Jun"sv,
                                       "Jul"sv,
                                       "Aug"sv,
                                       "Sep"sv,
                                       "Oct"sv,
                                       "Nov"sv,
                                       "Dec"sv};
    const auto& half = programme_.blocks[block];
    const std::chrono::year_month_day date(half.date);
    std::string out(weekdays[std::chrono::weekday(half.date).c_encoding()]);
    out += ' ' + std::to_string(static_cast<unsigned>(date.day())) + ' ';
    out += months[static_cast<unsigned>(date.month()) - 1];
    return out += half.afternoon ? ", afternoon" : ", morning";
}

const Person& Story::person_of(std::size_t duty) const {
    return programme_.people[duties_[duty].person];
}

std::string Story::id_of(std::size_t person) const {
    return to_string(*programme_.people[person].person_id);
}

}  // namespace rotacast::demo

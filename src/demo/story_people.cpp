#include "demo/story.hpp"

#include "events/absence.hpp"
#include "events/acgme.hpp"

#include <array>
#include <string_view>
#include <utility>

// Absences, and violations of duty hours.

namespace rotacast::demo {
namespace {

using namespace std::string_view_literals;

constexpr std::array absence_types{"vacation"sv, "sick"sv, "conference"sv, "family_emergency"sv};
constexpr std::array absence_reasons{"Annual leave"sv,
                                     "Ill; expected back within days"sv,
                                     "Annual meeting of the college"sv,
                                     "Family emergency"sv};
constexpr std::array severities{"medium"sv, "high"sv, "medium"sv, "critical"sv};

}  // namespace

events::Envelope Story::absence_entered() {
    Absence absence;
    const auto kind = dice_.pick(absence_types.size());
    const auto from = today_ + dice_.pick(coming_days - 7);
    const auto days = 2 + dice_.pick(5);
    // A person who has a duty then; otherwise no client would see the event.
    absence.person = duties_[from + dice_.pick(days)].person;
    auto& event = absence.entered;
    event.absence_id = to_string(fresh_id());
    event.person_id = id_of(absence.person);
    event.start_date = Timestamp(programme_.blocks[2 * from].date);
    event.end_date = Timestamp(programme_.blocks[2 * (from + days - 1)].date);
    event.absence_type = std::string(absence_types[kind]);
    event.reason = std::string(absence_reasons[kind]);
    event.created_by = to_string(programme_.people[absence.person].user_id);
    event.overlapping_blocks = blocks_of(absence.person, from, days);
    event.severity = std::string(severities[kind]);
    absences_.push_back(absence);
    return by_coordinator(std::move(absence.entered));
}

events::Envelope Story::absence_approved() {
    const auto absence = absences_.front();
    absences_.pop_front();
    events::AbsenceApproved event;
    event.absence_id = absence.entered.absence_id;
    event.approved_by = to_string(programme_.first_of(auth::Role::coordinator).user_id);
    event.coverage_assigned = dice_.chance(50);
    event.approval_notes =
        event.coverage_assigned ? "Cover is found for every duty" : "Cover is still needed";
    event.person_id = absence.entered.person_id;
    if (!event.coverage_assigned) event.overlapping_blocks = absence.entered.overlapping_blocks;
    event.severity = absence.entered.severity;
    return by_coordinator(std::move(event));
}

events::Envelope Story::violation_detected() {
    const bool hours = dice_.chance(60);
    const auto duty = coming_duty();
    const auto& block = programme_.blocks[duties_[duty].block];
    const Violation violation{fresh_id(), duties_[duty].person, hours ? "80_hour" : "1_in_7"};
    events::ACGMEViolationDetected event;
    event.violation_id = to_string(violation.id);
    event.person_id = id_of(violation.person);
    event.violation_type = violation.kind;
    event.severity = hours ? "critical" : "warning";
    event.affected_blocks = {to_string(block.id)};
    if (hours) {
        const auto planned = 161 + dice_.pick(20);  // half hours
        const auto written = std::to_string(planned / 2) + (planned % 2 == 0 ? "" : ".5");
        event.details["planned_hours"] = static_cast<double>(planned) / 2.0;
        event.details["limit_hours"] = 80;
        event.message = written + " hours are planned in one week; 80 are allowed";
    } else {
        event.details["days_without_rest"] = 7;
        event.message = "Seven days in a row without a day off";
    }
    violations_.push_back(violation);
    return by_coordinator(std::move(event));
}

events::Envelope Story::violation_gone() {
    const auto violation = violations_.front();
    violations_.pop_front();
    events::ACGMEComplianceRestored event;
    event.violation_id = to_string(violation.id);
    event.person_id = id_of(violation.person);
    event.restored_by = to_string(programme_.first_of(auth::Role::coordinator).user_id);
    event.violation_type = violation.kind;
    return by_coordinator(std::move(event));
}

}  // namespace rotacast::demo

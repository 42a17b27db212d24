#include "projection/view.hpp"

#include <array>

// Client events for conflicts and alerts: conflict_detected to the person's subscribers,
// resilience_alert to everybody.

namespace rotacast::projection {
namespace {

void show_overlap(View& view,
                  const std::string& absence,
                  const AbsenceFacts& facts,
                  const std::optional<std::string>& message) {
    if (facts.blocks.empty()) return;
    const auto person = view.need(facts.person, "person_id");
    if (!view.shows()) return;
    view.show(client::ConflictDetected{Uuid::parse(absence),
                                       person,
                                       "absence_overlap",
                                       std::string(facts.severity.value_or("high")),
                                       ids_of(facts.blocks),
                                       message.value_or("Absence overlaps an assignment")},
              {Topic::person(person)});
}

// Maps both level vocabularies that back ends use to the colours that clients know.
std::string colour_of(std::string_view level) {
    constexpr std::array<std::string_view, 5> colours{"green", "yellow", "orange", "red", "black"};
    for (const auto colour : colours)
        if (level == colour) return std::string(colour);
    constexpr std::string_view prefix = "DEFENSE_LEVEL_";
    if (level.size() == prefix.size() + 1 && level.starts_with(prefix)) {
        const char digit = level.back();
        if (digit >= '1' && digit <= '5')
            return std::string(colours[static_cast<std::size_t>(digit - '1')]);
    }
    return "orange";
}

// A contingency without a level counts as serious.
template <class E>
void show_strain(View& view,
                 const E& e,
                 std::string alert_type,
                 const std::optional<std::string>& level,
                 const std::string& reason) {
    if (!view.shows()) return;
    view.show(client::ResilienceAlert{std::move(alert_type),
                                      colour_of(level.value_or("red")),
                                      e.utilization,
                                      level,
                                      ids_of(e.affected_persons),
                                      reason,
                                      e.recommendations},
              {Topic::everybody()});
}

}  // namespace

void show(View& view, const events::AbsenceCreated& e) {
    show_overlap(view, e.absence_id, after(e, {}), e.reason);
}

void show(View& view, const events::AbsenceApproved& e) {
    if (e.coverage_assigned) return;
    show_overlap(view, e.absence_id, after(e, known_absence(view.known)), e.approval_notes);
}

void show(View& view, const events::ACGMEViolationDetected& e) {
    const auto person = view.need(e.person_id, "person_id");
    if (!view.shows()) return;
    view.show(client::ConflictDetected{Uuid::parse(e.violation_id),
                                       person,
                                       "acgme_violation",
                                       e.severity == "warning" ? "medium" : e.severity,
                                       ids_of(e.affected_blocks),
                                       e.message.value_or("Duty-hour rule " + e.violation_type)},
              {Topic::person(person)});
}

void show(View& view, const events::ResilienceLevelChanged& e) {
    show_strain(view, e, "defense_level_change", e.new_level, e.trigger_reason);
}

void show(View& view, const events::ContingencyActivated& e) {
    show_strain(view, e, e.alert_type.value_or("defense_level_change"), e.level, e.reason);
}

void show(View& view, const events::LoadShedInitiated& e) {
    show_strain(view, e, "defense_level_change", e.level, e.reason);
}

}  // namespace rotacast::projection

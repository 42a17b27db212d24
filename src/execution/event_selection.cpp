#include "execution/event_selection.hpp"

#include "graphql/arguments.hpp"
#include "graphql/event_data.hpp"
#include "reflect/decode.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rotacast::execution {

namespace client = events::client;
using hub::Publication;
using hub::Topic;

namespace {

/// A filter that is absent or empty matches everything.
bool one_of(const std::optional<std::vector<std::string>>& list, std::string_view value) {
    return !list || list->empty() || std::ranges::find(*list, value) != list->end();
}
bool same(const std::optional<Uuid>& wanted, const std::optional<Uuid>& value) {
    return !wanted || wanted == value;
}

bool stands_on(const Publication& publication, const Topic& topic) {
    return std::ranges::find(publication.topics, topic) != publication.topics.end();
}

bool fits(const graphql::SwapSubscriptionFilter& filter, const graphql::SwapNotification& swap) {
    const bool concerns = !filter.person_id || filter.person_id == swap.requester_id ||
                          filter.person_id == swap.target_person_id;
    return concerns && one_of(filter.swap_types, swap.swap_type) &&
           one_of(filter.statuses, swap.status);
}

}  // namespace

/// One overload of make() for the arguments of each kind of events.
struct SelectionMaker {
    EventSelection made;

    /// Watches the topic of `person` if given, else all events of the kind.
    void watch(const std::optional<Uuid>& person, Topic::Kind all_of_kind) {
        made.person_ = person;
        if (!person)
            made.topics_ = {Topic::every(all_of_kind)};
        else if (all_of_kind == Topic::Kind::every_swap)
            made.topics_ = {Topic::person(*person), Topic::party(*person)};
        else
            made.topics_ = {Topic::person(*person)};
    }

    void make(graphql::ScheduleUpdatesArguments arguments) {
        auto filter = std::move(arguments.filter).value_or(graphql::ScheduleSubscriptionFilter{});
        made.after_ = std::move(arguments.after);
        made.person_ = filter.person_id;
        made.of_everybody_ = !filter.schedule_id && !filter.person_id;
        if (filter.schedule_id)
            made.topics_ = {Topic::schedule(*filter.schedule_id)};
        else if (filter.person_id)
            made.topics_ = {Topic::party(*filter.person_id)};
        else
            made.topics_ = {Topic::every(Topic::Kind::every_schedule_update)};
        made.wants_ = [filter = std::move(filter)](const Publication& publication) {
            const auto* event = std::get_if<client::ScheduleUpdated>(&publication.event);
            return event && same(filter.schedule_id, event->schedule_id) &&
                   same(filter.academic_year_id, event->academic_year_id) &&
                   one_of(filter.update_types, event->update_type) &&
                   (!filter.person_id || stands_on(publication, Topic::party(*filter.person_id)));
        };
    }

    void make(graphql::AssignmentUpdatesArguments arguments) {
        made.after_ = std::move(arguments.after);
        watch(arguments.person_id, Topic::Kind::every_assignment);
        // A person who loses a duty is affected as much as one who gets it: the event has both
        // topics.
        made.wants_ = [person = arguments.person_id](const Publication& publication) {
            return std::holds_alternative<client::AssignmentChanged>(publication.event) &&
                   (!person || stands_on(publication, Topic::person(*person)));
        };
    }

    void make(graphql::SwapArguments arguments, bool requests, bool approvals) {
        auto filter = std::move(arguments.filter).value_or(graphql::SwapSubscriptionFilter{});
        made.after_ = std::move(arguments.after);
        watch(filter.person_id, Topic::Kind::every_swap);
        made.wants_ = [filter = std::move(filter), requests, approvals](const Publication& p) {
            if (const auto* asked = std::get_if<client::SwapRequested>(&p.event))
                return requests && fits(filter, graphql::to_notification(*asked));
            if (const auto* approved = std::get_if<client::SwapApproved>(&p.event))
                return approvals && fits(filter, graphql::to_notification(*approved));
            return false;
        };
    }

    void make(graphql::ConflictAlertsArguments arguments) {
        auto filter = std::move(arguments.filter).value_or(graphql::ConflictSubscriptionFilter{});
        made.after_ = std::move(arguments.after);
        watch(filter.person_id, Topic::Kind::every_conflict);
        made.wants_ = [filter = std::move(filter)](const Publication& publication) {
            const auto* event = std::get_if<client::ConflictDetected>(&publication.event);
            return event && same(filter.person_id, event->person_id) &&
                   one_of(filter.severities, event->severity) &&
                   one_of(filter.conflict_types, event->conflict_type);
        };
    }

    void make(graphql::ResilienceAlertsArguments arguments) {
        made.after_ = std::move(arguments.after);
        made.of_everybody_ = true;
        made.wants_ = [](const Publication& publication) {
            return std::holds_alternative<client::ResilienceAlert>(publication.event);
        };
    }
};

namespace {

template <class Arguments, class Make>
Result<EventSelection> made_by(const graphql::RootField& field, Make make) {
    auto arguments = reflect::decode<Arguments>(graphql::json::value(field.arguments));
    if (!arguments) return arguments.error();
    SelectionMaker maker;
    make(maker, std::move(*arguments));
    return std::move(maker.made);
}

template <class Arguments>
Result<EventSelection> simply(const graphql::RootField& field) {
    return made_by<Arguments>(field, [](SelectionMaker& maker, Arguments arguments) {
        maker.make(std::move(arguments));
    });
}

template <bool requests, bool approvals>
Result<EventSelection> swaps(const graphql::RootField& field) {
    return made_by<graphql::SwapArguments>(
        field, [](SelectionMaker& maker, graphql::SwapArguments arguments) {
            maker.make(std::move(arguments), requests, approvals);
        });
}

struct Maker {
    std::string_view field;
    Result<EventSelection> (*make)(const graphql::RootField&);
};

// Wire specification §4.2, and the names of the original's document (§4.10).
constexpr std::array makers{
    Maker{"scheduleUpdates", &simply<graphql::ScheduleUpdatesArguments>},
    Maker{"scheduleUpdated", &simply<graphql::ScheduleUpdatesArguments>},
    Maker{"assignmentUpdates", &simply<graphql::AssignmentUpdatesArguments>},
    Maker{"assignmentUpdated", &simply<graphql::AssignmentUpdatesArguments>},
    Maker{"swapRequests", &swaps<true, false>},
    Maker{"swapApprovals", &swaps<false, true>},
    Maker{"swapNotification", &swaps<true, true>},
    Maker{"conflictAlerts", &simply<graphql::ConflictAlertsArguments>},
    Maker{"conflictAlert", &simply<graphql::ConflictAlertsArguments>},
    Maker{"resilienceAlerts", &simply<graphql::ResilienceAlertsArguments>},
    Maker{"resilienceAlert", &simply<graphql::ResilienceAlertsArguments>},
};

}  // namespace

Result<EventSelection> EventSelection::of(const graphql::RootField& field) {
    const auto* found = std::ranges::find(makers, field.name, &Maker::field);
    if (found == makers.end()) return Error{ErrorCode::internal, "", ""};
    return found->make(field);
}

bool is_special(std::string_view root_field) {
    return root_field == "swapApprovals";
}

std::optional<graphql::json::object> data_for(std::string_view root_field,
                                              const Publication& publication) {
    auto data = graphql::data_of(
        publication.event, publication.cursor, publication.event_id, publication.timestamp);
    // Whatever status the publisher set (wire specification §4.7).
    if (data && is_special(root_field)) (*data)["status"] = "approved";
    return data;
}

}  // namespace rotacast::execution

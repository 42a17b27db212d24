// What each of the thirteen handlers does, for whom, and that it does it once.

#include "handlers/handlers_for_tests.hpp"

namespace rotacast::handlers {
namespace {

using Notes = std::set<std::string>;
using Keys = std::set<std::string>;

class HandlersTest : public Handled {
  protected:
    HandlersTest()
        : admin(add("admin", auth::Role::admin)),
          cora(add("cora", auth::Role::coordinator)),
          carl(add("carl", auth::Role::coordinator)),
          ann(add("ann", auth::Role::resident)),
          bob(add("bob", auth::Role::resident)),
          eve(add("eve", auth::Role::faculty)) {}

    events::AssignmentCreated duty(const Somebody& who,
                                   std::string schedule = "s1",
                                   std::string block = "b1") {
        return with<events::AssignmentCreated>("a" + std::to_string(++duties),
                                               who.text(),
                                               std::move(block),
                                               as_it_is,
                                               "primary",
                                               "solver",
                                               std::move(schedule));
    }

    int duties = 0;
    Somebody admin, cora, carl, ann, bob, eve;
};

TEST_F(HandlersTest, AreRegisteredUnderTheOriginalsIds) {
    add_handlers();
    std::set<std::string> names;
    for (const auto& subscription : bus.subscriptions()) {
        EXPECT_EQ(subscription->types.size(), 1u) << subscription->name;
        names.insert(subscription->name);
    }
    EXPECT_EQ(names,
              (std::set<std::string>{"schedule_created_handler",
                                     "schedule_updated_handler",
                                     "schedule_published_handler",
                                     "assignment_created_handler",
                                     "assignment_updated_handler",
                                     "assignment_deleted_handler",
                                     "swap_requested_handler",
                                     "swap_approved_handler",
                                     "swap_executed_handler",
                                     "absence_created_handler",
                                     "absence_approved_handler",
                                     "acgme_violation_handler",
                                     "acgme_override_handler"}));
}

TEST_F(HandlersTest, ScheduleCreatedNotifiesCoordinators) {
    add_handlers();
    const auto id =
        happen(with<events::ScheduleCreated>("s1", as_it_is, as_it_is, to_string(admin.user)));
    const auto notification = told(id);
    EXPECT_EQ(notification.recipients, users_of({cora, carl}));
    EXPECT_EQ(notification.audience, std::vector<std::string>{"coordinators"});
    EXPECT_EQ(notification.priority, "normal");
    EXPECT_EQ(notification.reason, "ScheduleCreated");
    EXPECT_EQ(notification.about_type, "Schedule");
    EXPECT_EQ(notification.about_id, "s1");
    EXPECT_EQ(notification.source_event_id, id);
    EXPECT_FALSE(notification.message.empty());
    EXPECT_EQ(keys(id), (Keys{"schedule:s1"}));
    EXPECT_EQ(noted(id), (Notes{"audit schedule_created", "told coordinators"}));
}

TEST_F(HandlersTest, NobodyIsNotifiedOfTheirOwnAction) {
    add_handlers();
    EXPECT_EQ(told(happen(with<events::ScheduleCreated>("s1", as_it_is, as_it_is, cora.text())))
                  .recipients,
              users_of({carl}));
}

TEST_F(HandlersTest, WithoutCoordinatorsTheAdminsAreNotified) {
    ASSERT_TRUE(directory->set_active(cora.user, false));
    add_handlers();
    ASSERT_TRUE(directory->set_role(carl.user, auth::Role::faculty));
    EXPECT_EQ(
        told(happen(with<events::ScheduleCreated>("s1", as_it_is, as_it_is, "solver"))).recipients,
        users_of({admin}));
    ASSERT_TRUE(directory->set_active(admin.user, false));
    const auto id = happen(with<events::ScheduleCreated>("s2", as_it_is, as_it_is, "solver"));
    EXPECT_TRUE(derived<events::Notification>(id).empty());
    EXPECT_TRUE(noted(id).contains("told coordinators"));
    EXPECT_EQ(handler_log().at(1).note.detail, "normal, users: 0");
}

TEST_F(HandlersTest, ScheduleUpdatedNotifiesThePersonsItNamesOrAllWithDuties) {
    add_handlers();
    for (const auto& event : {duty(ann), duty(bob), duty(ann), duty(eve, "s2")}) happen(event);
    const auto all = happen(with<events::ScheduleUpdated>("s1", "solver", as_it_is));
    EXPECT_EQ(told(all).recipients, users_of({ann, bob}));
    EXPECT_EQ(told(all).audience, std::vector<std::string>{"affected_users"});
    EXPECT_EQ(keys(all), (Keys{"schedule:s1", "schedule:s1:assignments"}));
    const auto one = happen(with<events::ScheduleUpdated>(
        "s1", "solver", json::object{{"affected_persons", events::json::array{eve.text(), 7}}}));
    EXPECT_EQ(told(one).recipients, users_of({eve}));
    EXPECT_EQ(told(happen(with<events::ScheduleUpdated>(
                       "s1", "solver", json::object{{"person_id", bob.text()}})))
                  .recipients,
              users_of({bob}));
}

TEST_F(HandlersTest, SchedulePublishedNotifiesAllWhoAreStillAssigned) {
    add_handlers();
    const auto gone = duty(eve);
    const auto passed_on = duty(ann);
    happen(gone);
    happen(passed_on);
    happen(with<events::AssignmentDeleted>(gone.assignment_id, "solver", as_it_is));
    const auto updated = with<events::AssignmentUpdated>(
        passed_on.assignment_id, "solver", json::object{{"person_id", bob.text()}}, as_it_is);
    happen(updated);
    const auto id = happen(with<events::SchedulePublished>("s1", "solver"));
    EXPECT_EQ(told(id).recipients, users_of({bob}));
    EXPECT_EQ(told(id).priority, "high");
    EXPECT_EQ(noted(id), (Notes{"due calendar_sync", "due schedule_export", "told all_assigned"}));
    const auto silent = happen(with<events::SchedulePublished>("s1", "solver", true));
    EXPECT_TRUE(derived<events::Notification>(silent).empty()) << "the publisher has told them";
}

TEST_F(HandlersTest, EntriesFromBeforeTheStartAreKnown) {
    for (const auto& event : {duty(ann), duty(bob)}) (void)bus.publish(event).get();
    add_handlers();
    EXPECT_EQ(told(happen(with<events::SchedulePublished>("s1", "solver"))).recipients,
              users_of({ann, bob}));
}

TEST_F(HandlersTest, AssignmentsInvalidateCacheKeysAndAreLogged) {
    add_handlers();
    const auto created = happen(duty(ann));
    EXPECT_EQ(
        keys(created),
        (Keys{"person:" + ann.text() + ":schedule", "person:" + ann.text() + ":assignments"}));
    EXPECT_EQ(noted(created), (Notes{"due conflict_check"}));
    const auto updated = happen(with<events::AssignmentUpdated>("a1", "cora", as_it_is, as_it_is));
    EXPECT_EQ(keys(updated), (Keys{"assignment:a1"}));
    EXPECT_EQ(noted(updated), (Notes{"audit assignment_updated"}));
    const auto deleted = happen(with<events::AssignmentDeleted>("a1", carl.text(), as_it_is));
    EXPECT_EQ(told(deleted).recipients, users_of({cora}));
    EXPECT_EQ(told(deleted).priority, "high");
    EXPECT_EQ(noted(deleted), (Notes{"due coverage_check", "told coordinators"}));
}

TEST_F(HandlersTest, ASwapNotifiesFirstTheTargetThenBothPersons) {
    add_handlers();
    const auto wanted = duty(bob);
    happen(wanted);
    const auto requested = happen(with<events::SwapRequested>(
        "w1", ann.text(), "a9", wanted.assignment_id, "one_to_one", as_it_is, as_it_is));
    EXPECT_EQ(told(requested).recipients, users_of({bob})) << "known by the duty that is wanted";
    EXPECT_EQ(told(requested).audience, std::vector<std::string>{"target_person"});
    const auto approved = happen(with<events::SwapApproved>("w1", to_string(cora.user)));
    EXPECT_EQ(told(approved).recipients, users_of({ann, bob})) << "known by the request";
    EXPECT_EQ(told(approved).audience, (std::vector<std::string>{"swap_requester", "swap_target"}));
    EXPECT_EQ(told(approved).priority, "high");
    const auto executed = happen(with<events::SwapExecuted>(
        "w1", "cora", Changes{{{"assignment_id", "a9"}, {"person_id", "p"}}}));
    EXPECT_EQ(told(executed).recipients, users_of({ann, bob}));
    EXPECT_EQ(keys(executed), (Keys{"swap:w1", "assignment:a9"}));
}

TEST_F(HandlersTest, ASwapWithoutTargetIsLoggedAsDueForMatching) {
    add_handlers();
    const auto id = happen(with<events::SwapRequested>(
        "w1", ann.text(), "a1", as_it_is, "absorb", as_it_is, as_it_is));
    EXPECT_TRUE(derived<events::Notification>(id).empty());
    EXPECT_EQ(noted(id), (Notes{"due swap_matching"}));
}

TEST_F(HandlersTest, AnUnrequestedSwapNotifiesThoseWhoseDutiesChanged) {
    add_handlers();
    const auto id =
        happen(with<events::SwapExecuted>("w2",
                                          "cora",
                                          Changes{{{"assignment_id", "a1"},
                                                   {"person_id", ann.text()},
                                                   {"previous_person_id", bob.text()}}}));
    EXPECT_EQ(told(id).recipients, users_of({ann, bob}));
}

TEST_F(HandlersTest, AbsencesNotifyCoordinatorsThenTheAbsentPersonAndColleagues) {
    add_handlers();
    for (const auto& event : {duty(ann), duty(bob), duty(eve, "s1", "b2")}) happen(event);
    const auto created = happen(with<events::AbsenceCreated>(
        "x1", ann.text(), as_it_is, as_it_is, "sick", as_it_is, ann.text(), as_it_is, as_it_is));
    EXPECT_EQ(told(created).recipients, users_of({cora, carl}));
    EXPECT_EQ(noted(created), (Notes{"due conflict_check", "told coordinators"}));
    const auto approved = happen(with<events::AbsenceApproved>("x1",
                                                               to_string(cora.user),
                                                               as_it_is,
                                                               false,
                                                               as_it_is,
                                                               std::vector<std::string>{"b1"},
                                                               as_it_is));
    const auto two = derived<events::Notification>(approved);
    ASSERT_EQ(two.size(), 2u);
    EXPECT_EQ(two[0].audience, std::vector<std::string>{"absence_requester"});
    EXPECT_EQ(two[0].recipients, users_of({ann})) << "known by the entry";
    EXPECT_EQ(two[1].audience, std::vector<std::string>{"affected_staff"});
    EXPECT_EQ(two[1].recipients, users_of({bob}));
    EXPECT_TRUE(noted(approved).contains("due coverage"));
}

TEST_F(HandlersTest, DutyHourEventsNotifyTheProgramDirector) {
    add_handlers();
    const auto violated = happen(with<events::ACGMEViolationDetected>(
        "v1", ann.text(), "80_hour", "critical", as_it_is, as_it_is));
    EXPECT_EQ(told(violated).recipients, users_of({admin})) << "where nobody is named";
    EXPECT_EQ(told(violated).priority, "urgent");
    EXPECT_EQ(noted(violated), (Notes{"compliance 80_hour", "told program_director"}));
    const auto allowed = happen(with<events::ACGMEOverrideApplied>(
        "o1", "a1", "leave", to_string(cora.user), "why", "coordinator"));
    EXPECT_EQ(told(allowed).recipients, users_of({admin}));
    const auto own = happen(with<events::ACGMEOverrideApplied>(
        "o2", "a1", "leave", "program_director", "why", "program_director"));
    EXPECT_TRUE(derived<events::Notification>(own).empty());
    EXPECT_EQ(noted(own), (Notes{"accreditation acgme_override", "audit acgme_override_applied"}));
}

TEST_F(HandlersTest, TheProgramDirectorIsConfigurable) {
    Options named;
    named.program_directors = {"eve", "nobody"};
    add_handlers(named);
    EXPECT_EQ(told(happen(with<events::ACGMEViolationDetected>(
                       "v1", ann.text(), "80_hour", "critical", as_it_is, as_it_is)))
                  .recipients,
              users_of({eve}));
}

TEST_F(HandlersTest, CacheInvalidationCanBeDisabled) {
    Options quiet;
    quiet.cache_keys = false;
    add_handlers(quiet);
    EXPECT_TRUE(keys(happen(duty(ann))).empty());
}

TEST_F(HandlersTest, MoreThanAThousandRecipientsGetSeveralEvents) {
    std::vector<Somebody> many;
    for (int i = 0; i < 1001; ++i)
        many.push_back(add("r" + std::to_string(i), auth::Role::resident));
    add_handlers();
    events::json::array persons;
    for (const auto& one : many) persons.emplace_back(one.text());
    const auto id = happen(
        with<events::ScheduleUpdated>("s1", "solver", json::object{{"affected_persons", persons}}));
    const auto all = derived<events::Notification>(id);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].recipients.size(), 1000u);
    EXPECT_EQ(all[1].recipients.size(), 1u);
}

// A second run, as after a crash or in an operator's replay of a range.
TEST_F(HandlersTest, ASecondRunNotifiesNobodyTwice) {
    options.deliver_twice = true;
    add_handlers();
    happen(duty(ann));
    happen(with<events::SchedulePublished>("s1", "solver"));
    happen(with<events::SwapApproved>("w1", "cora", as_it_is, ann.text(), bob.text()));
    happen(with<events::AbsenceApproved>(
        "x1", "cora", as_it_is, false, ann.text(), std::vector<std::string>{"b1"}, as_it_is));
    const auto entries = journal.entries.size();
    const auto rows = handler_log().size();
    ASSERT_TRUE(directory->set_active(bob.user, false)) << "those told first, stand";
    for (const auto* name : {"schedule_published_handler", "swap_approved_handler"}) {
        ASSERT_TRUE(ask<bus::Replay>(
            [&](auto done) { operations->replay_range(name, 0, entries, "user:1", done); }));
        settle();
    }
    EXPECT_EQ(status("swap_approved_handler").done, 2);
    EXPECT_EQ(journal.entries.size(), entries);
    EXPECT_EQ(handler_log().size(), rows);
    EXPECT_TRUE(dead_letters().empty());
}

}  // namespace
}  // namespace rotacast::handlers

#include "hub/publication.hpp"

#include <gtest/gtest.h>

namespace rotacast::hub {
namespace {

const Uuid id = *Uuid::parse("11111111-1111-4111-8111-111111111111");
const Uuid event_id = *Uuid::parse("22222222-2222-4222-8222-222222222222");

std::string subject(events::ClientEvent event) {
    return subject_of({{}, "", event_id, {}, std::move(event), {}});
}

TEST(Subject, IsTheThingThatAnEventIsAbout) {
    namespace client = events::client;
    client::AssignmentChanged changed;
    changed.assignment_id = id;
    client::SwapRequested requested;
    requested.swap_id = id;
    client::SwapApproved approved;
    approved.swap_id = id;
    client::ResilienceAlert alert;
    alert.alert_type = "n1_failure";
    EXPECT_EQ(subject(changed), "assignment_id:" + to_string(id));
    EXPECT_EQ(subject(requested), subject(approved));
    EXPECT_EQ(subject(alert), "alert_type:n1_failure");
}

TEST(Subject, IsTheEventItselfWhenItNamesNone) {
    EXPECT_EQ(subject(events::client::ConflictDetected{}), "event_id:" + to_string(event_id));
}

}  // namespace
}  // namespace rotacast::hub

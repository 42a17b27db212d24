#include "execution/event_values.hpp"

#include "hub/batches_for_tests.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace rotacast::execution {
namespace {

using hub::for_tests::batch_after;
using hub::for_tests::change_of;

hub::Publication approved_swap() {
    events::client::SwapApproved approved;
    approved.status = "executed";
    return {{}, "", Uuid::random(), {}, std::move(approved), {}};
}

TEST(EventValues, AreMadeOnceForABatch) {
    EventValues values;
    const auto batch = batch_after(0, {change_of(1), change_of(2)});
    const auto* one = values.of(batch, 0, "assignmentUpdates");
    const auto* other = values.of(batch, 1, "assignmentUpdates");
    EXPECT_EQ(one->at("cursor"), "1");
    EXPECT_EQ(other->at("cursor"), "2");
    EXPECT_EQ(values.of(batch, 0, "assignmentUpdated"), one);
    EXPECT_EQ(values.of(batch_after(7, {change_of(1)}), 0, "assignmentUpdates")->at("cursor"), "8");
}

TEST(EventValues, DifferByRootFieldWhereItIsSpecial) {
    EventValues values;
    const auto batch = batch_after(0, {approved_swap()});
    EXPECT_EQ(values.of(batch, 0, "swapNotification")->at("status"), "executed");
    EXPECT_EQ(values.of(batch, 0, "swapApprovals")->at("status"), "approved");
    EXPECT_EQ(values.of(batch, 0, "swapNotification")->at("status"), "executed");
}

TEST(EventValues, AreNullForEventsWithoutAGraphqlType) {
    EventValues values;
    hub::Publication solved{{}, "", Uuid::random(), {}, events::client::SolverComplete{}, {}};
    EXPECT_EQ(values.of(batch_after(0, {std::move(solved)}), 0, "scheduleUpdates"), nullptr);
}

}  // namespace
}  // namespace rotacast::execution

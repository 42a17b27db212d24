#include "execution/frame_coalescer.hpp"

#include "hub/batches_for_tests.hpp"
#include "hub/subscriber.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rotacast::execution {
namespace {

using hub::for_tests::batch_after;
using hub::for_tests::change_of;

TEST(FrameCoalescer, MakesOneFrameOfAllResultsOfABatch) {
    const auto batch = batch_after(4, {change_of(1), change_of(2), change_of(3)});
    FrameCoalescer outbox;
    EXPECT_TRUE(outbox.empty());
    {
        std::string bytes = "bc";
        hub::Slice slice{batch, {1, 2}, hub::as_publications, {5}, {7}};
        outbox.append({nullptr, bytes, &slice});
        bytes = "ab";
        slice = {batch, {0, 1}, hub::as_publications, {4}, {6}};
        outbox.append({nullptr, bytes, &slice});
    }
    const auto frame = outbox.take();
    EXPECT_TRUE(outbox.empty());
    EXPECT_EQ(frame.bytes, "bcab") << "a copy";
    EXPECT_EQ(frame.slice->indexes, (std::vector<std::uint32_t>{0, 1, 2}));
    EXPECT_EQ(frame.slice->before, events::Position{4});
    EXPECT_EQ(frame.slice->last, events::Position{7});
}

}  // namespace
}  // namespace rotacast::execution

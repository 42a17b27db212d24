#include "execution/presence_backlog.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rotacast::execution {
namespace {

using presence::PresenceStatus;

presence::Presence person(std::uint8_t number, PresenceStatus status = PresenceStatus::online) {
    presence::Presence shown;
    shown.user.bytes[0] = number;
    shown.status = status;
    return shown;
}

struct PresenceBacklogTest : testing::Test {
    /// What is sent to a client with room for `room` updates.
    std::string told(int room) {
        std::string text;
        backlog.send([&] { return room-- == 0; },
                     [&](const presence::Presence& shown) {
                         text += std::to_string(shown.user.bytes[0]) + ' ';
                         text += std::string(to_string(shown.status)) + ';';
                     });
        return text;
    }

    PresenceBacklog backlog;
};

TEST_F(PresenceBacklogTest, SendsWhatThereIsRoomForAndLaterTheRest) {
    backlog.begin({person(1), person(2), person(3)});
    EXPECT_EQ(told(2), "1 online;2 online;");
    EXPECT_FALSE(backlog.empty());
    EXPECT_EQ(told(2), "3 online;");
    EXPECT_TRUE(backlog.empty());
}

TEST_F(PresenceBacklogTest, SendsTheNewestStateOfEachPerson) {
    for (const auto& one : {person(1), person(2)}) backlog.add(one);
    backlog.add(person(1, PresenceStatus::away));
    backlog.add(person(3));
    EXPECT_EQ(told(9), "1 away;2 online;3 online;");
}

}  // namespace
}  // namespace rotacast::execution

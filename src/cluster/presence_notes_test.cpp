#include "cluster/presence_notes.hpp"

#include <gtest/gtest.h>

namespace rotacast::cluster {
namespace {

const Uuid somebody = Uuid::parse("0b25f4a8-6b3f-4c41-9d53-2a8d8f3f7a11").value();
const Uuid ward = Uuid::parse("0b25f4a8-6b3f-4c41-9d53-2a8d8f3f7a12").value();
const Uuid icu = Uuid::parse("0b25f4a8-6b3f-4c41-9d53-2a8d8f3f7a13").value();

TEST(PresenceNotes, AreReadAsTheyWereWritten) {
    const presence::PresenceStatement statements[] = {
        {},
        {true, std::nullopt, {ward}},
        {false, "/schedules/5 and more", {ward, icu}},
        {false, "", {}},
        {false, " \n", {}},
    };
    for (const auto& statement : statements) {
        const auto note = presence_note(somebody, statement);
        EXPECT_EQ(read_presence_note(note), (StatedPresence{somebody, statement})) << note;
    }
    EXPECT_EQ(presence_note(somebody, statements[1]),
              "0b25f4a8-6b3f-4c41-9d53-2a8d8f3f7a11 away 0b25f4a8-6b3f-4c41-9d53-2a8d8f3f7a12");
}

TEST(PresenceNotes, WhatIsNoNoteIsRefused) {
    const auto id = to_string(somebody);
    for (const auto& text : {std::string(),
                             std::string("ann online -"),
                             id,
                             id + " here -",
                             id + " online",
                             id + " online ward",
                             std::string(id).append(" online ").append(id).append(",,")})
        EXPECT_FALSE(read_presence_note(text)) << text;
}

}  // namespace
}  // namespace rotacast::cluster

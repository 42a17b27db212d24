#include "cluster/topic_notes.hpp"

#include <gtest/gtest.h>

namespace rotacast::cluster {
namespace {

TEST(TopicNotes, AreReadAsTheyWereWritten) {
    const auto user = Uuid::random();
    for (const auto& topic : {hub::Topic::schedule(Uuid::random()), hub::Topic::person(user)})
        EXPECT_EQ(read_topic_name(topic_name(user, topic).value()), (TopicOfUser{user, topic}));
    EXPECT_FALSE(topic_name(user, hub::Topic::everybody()));
    for (const hub::TopicStatement statement :
         {hub::TopicStatement{1'767'225'601'000, true}, hub::TopicStatement{0, false}})
        EXPECT_EQ(read_topic_note(topic_note(statement)), statement);
}

TEST(TopicNotes, WhatIsNoNoteIsRefused) {
    const auto id = to_string(Uuid::random());
    for (const auto& name : {std::string(),
                             id,
                             id + ':',
                             std::string(id).append(":ward:").append(id),
                             id + ":person:x",
                             "x:person:" + id,
                             std::string("::")})
        EXPECT_FALSE(read_topic_name(name)) << name;
    for (const auto* note : {"", "1", "1 ", "x 1", "1 2", "1 1 ", " 1"})
        EXPECT_FALSE(read_topic_note(note)) << note;
}

}  // namespace
}  // namespace rotacast::cluster

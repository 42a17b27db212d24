#include "store/epoch_keeper.hpp"

#include "store/scratch_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace rotacast::store {
namespace {

using namespace std::chrono_literals;

constexpr FileIdentity this_file{17, 42};

/// A journal of 100 entries that was in use and has not changed.
struct Case {
    JournalExtent extent{"a", 1, 100, 5000, true, {}};
    JournalMark mark{"a", 100, {}, this_file, "boot-1", Synchronous::full, false, {}};
    JournalWitness witness{mark, this_file, "boot-1", {}};

    bool renewed() {
        if (witness.mark) witness.mark = mark;
        return reason_to_renew(extent, witness).has_value();
    }
};

TEST(JournalEpoch, StaysAfterAProcessWasKilled) {
    Case c;
    EXPECT_FALSE(c.renewed());
    c.mark.seen = 97;  // killed between a commit and its mark
    EXPECT_FALSE(c.renewed());
    c.mark.synchronous = Synchronous::normal;
    EXPECT_FALSE(c.renewed());
}

TEST(JournalEpoch, StaysAfterPowerLossWhenCommitsAreFlushed) {
    Case c;
    c.witness.boot = "boot-2";
    EXPECT_FALSE(c.renewed());
}

TEST(JournalEpoch, ChangesAfterPowerLossWhenCommitsAreNotFlushed) {
    Case c;
    c.mark.synchronous = Synchronous::normal;
    c.witness.boot = "boot-2";
    EXPECT_TRUE(c.renewed());
    c.mark.clean = true;
    EXPECT_FALSE(c.renewed()) << "it was closed before";
    c.mark.clean = false;
    c.mark.boot = c.witness.boot = "";
    EXPECT_TRUE(c.renewed()) << "nobody knows whether the machine went down";
}

TEST(JournalEpoch, ChangesWhenTheJournalIsShorterThanItWasSeen) {
    Case c;
    c.mark.seen = 101;
    EXPECT_TRUE(c.renewed());
}

TEST(JournalEpoch, ChangesWhenAHandlerHadReadFurther) {
    Case c;
    c.witness.seen = {{"a", {100}}, {"b", {200}}, {"", {0}}};
    EXPECT_FALSE(c.renewed()) << "places of other epochs say nothing";
    c.witness.seen.push_back({"a", {101}});
    EXPECT_TRUE(c.renewed());
    c.witness.mark.reset();
    c.extent.marked = false;
    EXPECT_TRUE(c.renewed());
}

TEST(JournalEpoch, ChangesForACopy) {
    Case c;
    c.witness.file = {18, 42};
    EXPECT_TRUE(c.renewed());
}

TEST(JournalEpoch, ChangesWhenTheMarkNamesAnotherEpochOrIsMissing) {
    Case c;
    c.mark.epoch = "b";
    EXPECT_TRUE(c.renewed());
    c.witness.mark.reset();
    EXPECT_TRUE(c.renewed());
    c.extent.marked = false;
    EXPECT_FALSE(c.renewed()) << "an earlier version made no mark";
}

TEST(JournalEpoch, ChangesWhenAReplicaLeavesItsCluster) {
    Case c;
    c.extent.replica = true;
    EXPECT_TRUE(c.renewed());
}

using Seen = std::optional<bus::Cursor>;

TEST(HandedOut, IsWhatTheMarkOrTheEntriesOrAHandlerSay) {
    Case c;
    EXPECT_EQ(handed_out(c.extent, c.witness), (Seen{{"a", {100}}}));
    c.witness.mark->seen = 97;
    EXPECT_EQ(handed_out(c.extent, c.witness), (Seen{{"a", {100}}}));
    c.witness.mark->seen = 120;
    EXPECT_EQ(handed_out(c.extent, c.witness), (Seen{{"a", {120}}})) << "the file is shorter";
    c.witness.seen = {{"a", {130}}, {"b", {200}}};
    EXPECT_EQ(handed_out(c.extent, c.witness), (Seen{{"a", {130}}}));
}

TEST(HandedOut, MayHaveBeenUnderAnotherEpoch) {
    Case c;
    c.witness.mark->epoch = "b";
    c.witness.file = {18, 42};
    EXPECT_EQ(handed_out(c.extent, c.witness), (Seen{{"b", {100}}}));
}

TEST(HandedOut, IsUnknownWithoutTheMarkOrAfterPowerLossWithoutFlushes) {
    Case c;
    c.witness.boot = "boot-2";
    EXPECT_TRUE(handed_out(c.extent, c.witness)) << "all commits were flushed";
    c.witness.file = {18, 42};
    EXPECT_FALSE(handed_out(c.extent, c.witness)) << "the mark was not flushed, the file is a copy";
    c.witness.file = this_file;
    c.witness.mark->synchronous = Synchronous::normal;
    EXPECT_FALSE(handed_out(c.extent, c.witness));
    c.witness.mark->clean = true;
    EXPECT_TRUE(handed_out(c.extent, c.witness));
    c.witness.mark.reset();
    EXPECT_FALSE(handed_out(c.extent, c.witness));
    c.extent.marked = false;
    EXPECT_EQ(handed_out(c.extent, c.witness), (Seen{{"a", {100}}})) << "a new file";
}

using Former = std::vector<FormerEpoch>;

TEST(FormerEpochs, OfAReplicaAreWhatTheOrderSaysAndBesideItWhatTheFileSays) {
    const Case c;
    EXPECT_EQ(former_epochs_before("e", c.extent, 100, {{"z", 30}}, {{"y", 120}, {"z", 40}}),
              (Former{{"a", 100}, {"y", 120}, {"z", 40}}));
    EXPECT_EQ(former_epochs_before("e", c.extent, 100, {}, {{"a", 130}}), (Former{{"a", 130}}));
    EXPECT_EQ(former_epochs_before("z", c.extent, 100, {{"z", 30}}, {}), (Former{{"a", 100}}));
}

TEST(FormerEpochs, OfARewoundReplicaShareOnlyWhatIsLeft) {
    const Case c;
    EXPECT_EQ(former_epochs_before("e", c.extent, 60, {{"z", 90}}, {{"a", 80}, {"y", 70}}),
              (Former{{"z", 60}, {"a", 60}, {"y", 70}}));
}

TEST(FormerEpochs, AShorterJournalSharesItsRemainingEntriesWithTheFormerEpoch) {
    const Case c;
    EXPECT_EQ(former_epochs(c.extent, {}, c.mark), (Former{{"a", 100}}));
    EXPECT_EQ(former_epochs(c.extent, {{"z", 30}, {"y", 120}}, c.mark),
              (Former{{"z", 30}, {"y", 100}, {"a", 100}}));
}

TEST(FormerEpochs, TheMarkKnowsEpochsThatACopyDoesNot) {
    Case c;  // b continued from a's entry 90; then a copy of a is restored
    c.mark.epoch = "b";
    c.mark.seen = 110;
    c.mark.former = {{"z", 95}, {"a", 90}};
    EXPECT_EQ(former_epochs(c.extent, {{"z", 95}}, c.mark),
              (Former{{"z", 95}, {"b", 90}, {"a", 100}}));
}

TEST(FormerEpochs, NothingIsSharedWithAnotherJournal) {
    Case c;
    c.mark.epoch = "b";
    c.mark.former = {{"y", 50}};
    EXPECT_EQ(former_epochs(c.extent, {}, c.mark), (Former{{"a", 100}}));
}

TEST(FormerEpochs, OnlyTheLatestAreKept) {
    const Case c;
    Former known;
    for (int i = 0; i < 40; ++i) known.push_back({"e" + std::to_string(i), 5});
    const auto all = former_epochs(c.extent, known, std::nullopt);
    ASSERT_EQ(all.size(), JournalMark::former_max);
    EXPECT_EQ(all.back(), (FormerEpoch{"a", 100}));
}

TEST(JournalMark, ReadsOnlyItsOwnFormat) {
    JournalMark mark{
        "0123456789ab", 1'234'567, Timestamp(1ms), {99, -5}, "", Synchronous::normal, true, {}};
    for (std::size_t i = 0; i < JournalMark::former_max; ++i)
        mark.former.push_back({"epoch1234567", 18'446'744'073'709'551'615U - i});
    const ScratchDirectory folder;
    auto file = JournalMarkFile::open(folder.file("mark")).value();
    EXPECT_FALSE(file.read());
    ASSERT_TRUE(file.write(mark));
    EXPECT_EQ(file.read(), mark);
    mark.seen = 18'446'744'073'709'551'615U;
    ASSERT_TRUE(file.write_seen(mark.seen));
    mark.time = Timestamp(1'790'000'000'000ms);
    ASSERT_TRUE(file.write_time(mark.time));
    EXPECT_EQ(file.read(), mark);
    mark.former.clear();
    ASSERT_TRUE(file.write(mark));
    EXPECT_EQ(file.read(), mark);
    const auto text = to_text(mark);
    for (std::size_t length = 0; length < 100; ++length)
        EXPECT_FALSE(parse_mark(text.substr(0, length))) << length;
    EXPECT_FALSE(parse_mark("rotacast-journal-mark 2" + text.substr(23)));
    EXPECT_FALSE(parse_mark(std::string(2000, 'x')));
}

TEST(FileIdentity, DiffersForACopy) {
    const ScratchDirectory folder;
    std::ofstream(folder.file("one")) << "text";
    const auto one = FileIdentity::of(folder.file("one"));
    std::filesystem::copy_file(folder.file("one"), folder.file("two"));
    EXPECT_NE(FileIdentity::of(folder.file("two")), one);
    std::ofstream(folder.file("one"), std::ios::app) << "more";
    EXPECT_EQ(FileIdentity::of(folder.file("one")), one);
}

}  // namespace
}  // namespace rotacast::store

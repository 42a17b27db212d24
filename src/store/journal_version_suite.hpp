#pragma once

// The tests of version claims, a part of JournalSuite.

#include "store/journal_suite.hpp"

namespace rotacast::bus {

TEST_P(JournalSuite, AVersionClaimHoldsOnlyForTheAggregatesLastEvent) {
    const auto epoch = journal->state().epoch;
    const auto refusal = [&](AppendRequest request) {
        auto result = append_now(*journal, std::move(request));
        return result ? Error{} : result.error();
    };
    EXPECT_EQ(append_now(*journal, following(0, epoch, some_event("a"))).value()[0].offset, 1U);
    EXPECT_EQ(append_now(*journal, following(0, epoch, some_event("b"))).value()[0].offset, 2U);
    const auto again = refusal(following(0, epoch, some_event("a")));
    EXPECT_EQ(again.code, ErrorCode::version_conflict);
    EXPECT_EQ(again.path, "/0/expected_version");
    EXPECT_NE(again.message.find(to_string(Cursor{epoch, {1}}) + '.'), std::string::npos)
        << again.message;
    EXPECT_EQ(append_now(*journal, following(1, epoch, some_event("a"))).value()[0].offset, 3U);
    for (const bool reopened : {false, true}) {
        if (reopened) reopen();
        for (const Offset wrong : {1U, 2U, 4U})
            EXPECT_EQ(refusal(following(wrong, epoch, some_event("a"))).code,
                      ErrorCode::version_conflict);
        EXPECT_EQ(refusal(following(3, "another", some_event("a"))).code,
                  ErrorCode::version_conflict);
        EXPECT_EQ(refusal(following(3, epoch, some_event("new"))).code,
                  ErrorCode::version_conflict);
    }
    auto part = following(3, epoch, some_event("a"));
    part.version_claims[0].expected.last->position.part = 0;
    EXPECT_EQ(append_now(*journal, part).value()[0].offset, 4U);
    EXPECT_EQ(journal->state().last, 4U);
}

TEST_P(JournalSuite, AVersionConflictRefusesTheWholeRequest) {
    Followed followed(*journal);
    auto request = request_of({some_event("a"), some_event("a"), some_event("b")});
    request.version_claims = {{0, {}}, {1, {}}};  // the first event counts for the second
    const auto refused = append_now(*journal, request);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, ErrorCode::version_conflict);
    EXPECT_EQ(refused.error().path, "/1/expected_version");
    EXPECT_EQ(journal->state().last, 0U);
    request.version_claims = {{0, {}}, {2, {}}};
    EXPECT_EQ(append_now(*journal, request).value().at(2).offset, 3U);
    EXPECT_EQ(followed.offsets(), (std::vector<Offset>{1, 2, 3}));
}

TEST_P(JournalSuite, ARepeatedRequestIsAnsweredWithoutCheckingItsClaims) {
    const auto epoch = journal->state().epoch;
    const auto event = some_event("a");
    ASSERT_TRUE(append_now(*journal, keyed(following(0, epoch, event), "k", "d")));
    EXPECT_TRUE(append_now(*journal, following(0, epoch, event)).value().at(0).duplicate);
    EXPECT_TRUE(append_now(*journal, keyed(following(0, epoch, some_event("a")), "k", "d"))
                    .value()
                    .at(0)
                    .duplicate);
}

TEST_P(JournalSuite, OfManyRequestsThatClaimTheSameVersionOneSucceeds) {
    const auto epoch = journal->state().epoch;
    std::vector<std::future<Result<Receipts>>> answers;
    std::vector<std::thread> publishers;
    std::mutex mutex;
    publishers.reserve(16);
    for (int t = 0; t < 16; ++t)
        publishers.emplace_back([&] {
            auto answer = append(*journal, following(0, epoch, some_event("a")));
            const std::scoped_lock lock(mutex);
            answers.push_back(std::move(answer));
        });
    for (auto& publisher : publishers) publisher.join();
    EXPECT_EQ(std::ranges::count_if(answers, [](auto& answer) { return bool(answer.get()); }), 1);
    EXPECT_EQ(journal->state().last, 1U);
}

}  // namespace rotacast::bus

#include "load/selections.hpp"

#include <gtest/gtest.h>

#include <set>

namespace rotacast::bench {
namespace {

TEST(Selections, SelectTheSameDataWithDifferentDocuments) {
    std::set<std::string> documents;
    for (std::size_t i = 0; i < 1000; ++i) documents.insert(document_of(i));
    EXPECT_EQ(documents.size(), 1000U);
    EXPECT_EQ(document_of(7), document_of(7));
    for (const auto& document : documents)
        for (const auto* field : {"__typename ",
                                  "timestamp ",
                                  "scheduleId ",
                                  "academicYearId ",
                                  "userId ",
                                  "updateType ",
                                  "affectedBlocksCount ",
                                  "message "})
            EXPECT_NE(document.find(field), std::string::npos) << document;
}

}  // namespace
}  // namespace rotacast::bench

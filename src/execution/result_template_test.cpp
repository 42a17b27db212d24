#include "execution/result_template.hpp"

#include "http/body_framing.hpp"
#include "hub/batches_for_tests.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rotacast::execution {
namespace {

using hub::for_tests::batch_after;
using hub::for_tests::change_of;

hub::PublicationBatchPtr three_after(events::Offset after) {
    return batch_after(after, {change_of(1), change_of(2), change_of(3)});
}

/// Prints results of the publications 0 and 2, in the envelope of the operation `id`.
void print(ResultTemplate& to, const std::string& id) {
    for (const std::uint32_t index : {0U, 2U}) {
        const auto message = id + '=' + std::to_string(index) + ';';
        to.bytes() += '<' + message;
        to.add(index, to.bytes().size() - message.size());
    }
}

struct ResultTemplateCacheTest : testing::Test {
    /// What an operation with this filter receives if it considers `indexes`.
    std::string ask(const hub::PublicationBatchPtr& batch,
                    const std::string& id,
                    const SelectionInterner::Text& wanted,
                    std::vector<std::uint32_t> indexes = {0, 1, 2},
                    AppendFramed framing = &http::append_chunk) {
        auto& result_template = templates.find(
            batch,
            {selection, wanted, graphql::transport_ws_encoder(), framing, id.size(), indexes},
            [&](ResultTemplate& to) {
                ++made;
                print(to, id);
            });
        return std::string(result_template.rendered(id).bytes);
    }

    ResultTemplateCache templates;
    SelectionInterner::Text selection = std::make_shared<const std::string>("selection");
    SelectionInterner::Text filter = std::make_shared<const std::string>("filter");
    int made = 0;
};

TEST_F(ResultTemplateCacheTest, AreMadeOnceForEqualQuestions) {
    const auto batch = three_after(0);
    EXPECT_EQ(ask(batch, "ann", filter), "<ann=0;<ann=2;");
    EXPECT_EQ(ask(batch, "bob", filter), "<bob=0;<bob=2;");
    EXPECT_EQ(ask(batch, "ann", filter), "<ann=0;<ann=2;");
    EXPECT_EQ(made, 1);
}

TEST_F(ResultTemplateCacheTest, AreMadeAgainIfAnythingDiffers) {
    const auto batch = three_after(0);
    ask(batch, "ann", filter);
    EXPECT_EQ(ask(batch, "anna", filter), "<anna=0;<anna=2;") << "a longer envelope";
    ask(batch, "ann", std::make_shared<const std::string>("filter"));
    ask(batch, "ann", filter, {0, 2});
    EXPECT_EQ(made, 4);
    ask(batch, "ann", filter, {0, 1, 2}, nullptr);
    EXPECT_EQ(made, 5) << "framed in another way";
    ask(three_after(3), "ann", filter);
    EXPECT_EQ(made, 6) << "another batch";
    templates.forget();
    ask(batch, "ann", filter);
    EXPECT_EQ(made, 7);
}

TEST_F(ResultTemplateCacheTest, KeepNoMoreThanTheirBound) {
    const auto batch = three_after(0);
    for (std::size_t i = 0; i < ResultTemplateCache::kept_max; ++i)
        ask(batch, "ann", std::make_shared<const std::string>(std::to_string(i)));
    const auto before = made;
    EXPECT_EQ(ask(batch, "ann", filter), "<ann=0;<ann=2;");
    EXPECT_EQ(ask(batch, "bob", filter), "<bob=0;<bob=2;");
    EXPECT_EQ(made, before + 2) << "made for each who asks";
}

TEST_F(ResultTemplateCacheTest, KeepNoMoreBytesThanTheirBound) {
    const auto batch = three_after(0);
    const std::string huge(ResultTemplateCache::bytes_max / 2, 'x');
    ask(batch, huge, filter);
    ask(batch, "ann", filter);
    ask(batch, "ann", filter);
    EXPECT_EQ(made, 3) << "made for each who asks";
}

TEST(ResultTemplate, NamesThePublicationsItContains) {
    const auto batch = three_after(7);
    ResultTemplate result_template(batch);
    EXPECT_TRUE(result_template.empty());
    print(result_template, "ann");
    const auto* slice = result_template.rendered("bob").slice;
    EXPECT_EQ(slice->batch.lock(), batch);
    EXPECT_EQ(slice->indexes, (std::vector<std::uint32_t>{0, 2}));
    EXPECT_EQ(slice->before, events::Position{7});
    EXPECT_EQ(slice->last, events::Position{10});
}

}  // namespace
}  // namespace rotacast::execution

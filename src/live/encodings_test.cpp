#include "live/encodings.hpp"

#include "http/body_framing.hpp"
#include "hub/publication_batch.hpp"
#include "net/websocket_frames.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace rotacast::live {
namespace {

constexpr net::DeflateOptions options{.enabled = true, .window_bits = 10, .threshold_bytes = 256};

hub::Publication about(std::string message) {
    hub::Publication publication;
    events::client::SolverComplete event;
    event.message = std::move(message);
    publication.event = std::move(event);
    return publication;
}

const std::string long_message(2000, 'x');

std::string encoded(Encoding form,
                    const std::string& message,
                    const net::DeflateOptions& with = options) {
    std::string out;
    encodings(with)[form](about(message), out);
    return out;
}

bool is_compressed(std::string_view frame) {
    return (static_cast<std::uint8_t>(frame.front()) & 0x40U) != 0;
}

/// Returns a frame with the text of `plain`, which has a 16-bit length, compressed.
std::string compressed(std::string_view plain) {
    constexpr std::size_t header_bytes = 4;
    return net::make_frame(net::Opcode::text,
                           net::deflated(plain.substr(header_bytes), options.window_bits).value(),
                           true);
}

TEST(Encodings, CompressTheTextOfTheirDialect) {
    const auto snake = encoded(classic_snake, long_message);
    const auto camel = encoded(classic_camel, long_message);
    EXPECT_FALSE(is_compressed(snake));
    EXPECT_NE(snake, camel);
    EXPECT_EQ(encoded(classic_snake_deflate, long_message), compressed(snake));
    EXPECT_EQ(encoded(classic_camel_deflate, long_message), compressed(camel));
}

TEST(Encodings, LeaveShortMessagesPlain) {
    EXPECT_EQ(encoded(classic_snake_deflate, "short"), encoded(classic_snake, "short"));
    auto eager = options;
    eager.threshold_bytes = 0;
    EXPECT_TRUE(is_compressed(encoded(classic_snake_deflate, "short", eager)));
    auto reluctant = options;
    reluctant.threshold_bytes = 100'000;
    EXPECT_FALSE(is_compressed(encoded(classic_snake_deflate, long_message, reluctant)));
}

TEST(Encodings, AChunkIsOneRecord) {
    const auto record = encoded(v1_sse, long_message);
    std::string chunk;
    http::append_chunk(chunk, record);
    EXPECT_EQ(encoded(v1_sse_chunked, long_message), chunk);
    EXPECT_TRUE(record.starts_with("event: solver_complete\n")) << record.substr(0, 100);
}

TEST(Encodings, ExistForEveryWindow) {
    auto with = options;
    for (with.window_bits = net::deflate_window_bits_min;
         with.window_bits <= net::deflate_window_bits_max;
         ++with.window_bits) {
        EXPECT_TRUE(is_compressed(encoded(classic_camel_deflate, long_message, with)));
    }
}

TEST(Encodings, CompressOncePerBatchAndDialectHoweverManyReceiveIt) {
    hub::JournalRange range;
    for (int i = 0; i < 3; ++i) range.publications.push_back(about(long_message));
    const auto batch =
        std::make_shared<const hub::PublicationBatch>(std::move(range), encodings(options));
    const std::array<std::uint32_t, 3> all{0, 1, 2};
    const auto before = net::deflated_messages();
    for (int subscriber = 0; subscriber < 100; ++subscriber) {
        EXPECT_FALSE(batch->frame(classic_snake_deflate, all).bytes.empty());
        EXPECT_FALSE(batch->frame(classic_snake, all).bytes.empty());
    }
    EXPECT_EQ(net::deflated_messages(), before + all.size());
    for (int subscriber = 0; subscriber < 100; ++subscriber) {
        EXPECT_FALSE(batch->frame(classic_camel_deflate, all).bytes.empty());
    }
    EXPECT_EQ(net::deflated_messages(), before + 2 * all.size());
}

}  // namespace
}  // namespace rotacast::live

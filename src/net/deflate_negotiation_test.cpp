#include "net/deflate_negotiation.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rotacast::net {
namespace {

constexpr DeflateOptions on{.enabled = true, .window_bits = 12, .threshold_bytes = 256};

const std::string accepted =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
const std::string declined = "(declined)";

std::string answer(std::string_view offers, std::uint8_t window_bits = on.window_bits) {
    auto options = on;
    options.window_bits = window_bits;
    return negotiate_deflate(offers, options).value_or(declined);
}

TEST(DeflateNegotiation, AcceptsAPlainOfferWithoutContextTakeoverOnEitherSide) {
    EXPECT_EQ(answer("permessage-deflate"), accepted);
}

TEST(DeflateNegotiation, DeclinesEverythingWhenDisabled) {
    EXPECT_FALSE(negotiate_deflate("permessage-deflate", DeflateOptions{}));
}

TEST(DeflateNegotiation, DeclinesWhenNothingIsOffered) {
    EXPECT_EQ(answer(""), declined);
    EXPECT_EQ(answer(" , ,, "), declined);
}

TEST(DeflateNegotiation, AnswersWhatCommonClientsOffer) {
    // Chromium, Node's ws, Python's websockets; Firefox; one that limits both windows.
    EXPECT_EQ(answer("permessage-deflate; client_max_window_bits"), accepted);
    EXPECT_EQ(answer("permessage-deflate"), accepted);
    EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"),
              accepted + "; server_max_window_bits=12; client_max_window_bits=12");
}

TEST(DeflateNegotiation, AcceptsTheParametersOnContextTakeover) {
    EXPECT_EQ(answer("permessage-deflate; client_no_context_takeover; server_no_context_takeover"),
              accepted);
}

TEST(DeflateNegotiation, ConfirmsTheClientsWindowOnlyWhenItNamesOne) {
    for (int bits = 8; bits <= 15; ++bits) {
        const auto parameter = "; client_max_window_bits=" + std::to_string(bits);
        EXPECT_EQ(answer("permessage-deflate" + parameter), accepted + parameter);
    }
}

TEST(DeflateNegotiation, DeclinesAnOfferWhoseBoundIsBelowTheSharedWindow) {
    for (int bits = 8; bits <= 15; ++bits) {
        EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=" + std::to_string(bits)),
                  bits < 12 ? declined : accepted + "; server_max_window_bits=12");
    }
    EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=9", 9),
              accepted + "; server_max_window_bits=9");
    EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=8", 9), declined);
}

TEST(DeflateNegotiation, AcceptsTheFirstAcceptableOffer) {
    EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=10, permessage-deflate"),
              accepted);
    EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=13,"
                     "permessage-deflate; client_max_window_bits=9"),
              accepted + "; server_max_window_bits=12");
    EXPECT_EQ(answer("permessage-deflate; unknown, permessage-deflate; client_max_window_bits=9"),
              accepted + "; client_max_window_bits=9");
}

TEST(DeflateNegotiation, SkipsOtherExtensions) {
    EXPECT_EQ(answer("x-webkit-deflate-frame"), declined);
    EXPECT_EQ(answer("permessage-deflates, permessage-bzip2; server_no_context_takeover"),
              declined);
    EXPECT_EQ(answer("mux; max-channels=\"4\", permessage-deflate"), accepted);
    EXPECT_EQ(answer("mux; note=\"a, permessage-deflate; c\""), declined);
    EXPECT_EQ(answer("mux; note=\"a, b; c\", permessage-deflate"), accepted);
}

TEST(DeflateNegotiation, ReadsSpacesTabsAndQuotes) {
    EXPECT_EQ(answer("\t permessage-deflate\t;\tserver_max_window_bits = \"13\" ;"
                     " client_no_context_takeover ,"),
              accepted + "; server_max_window_bits=12");
}

TEST(DeflateNegotiation, DeclinesInvalidParameters) {
    for (const std::string parameters : {"unknown",
                                         "unknown=1",
                                         "server_no_context_takeover=1",
                                         "client_no_context_takeover=\"true\"",
                                         "server_max_window_bits",
                                         "server_max_window_bits=",
                                         "server_max_window_bits=\"\"",
                                         "server_max_window_bits=7",
                                         "server_max_window_bits=16",
                                         "server_max_window_bits=012",
                                         "server_max_window_bits=+12",
                                         "server_max_window_bits=12.0",
                                         "server_max_window_bits=112",
                                         "server_max_window_bits=1a",
                                         "client_max_window_bits=",
                                         "client_max_window_bits=0",
                                         "client_max_window_bits=08",
                                         "client_max_window_bits=16",
                                         "client_max_window_bits=4294967308",
                                         "server_no_context_takeover; server_no_context_takeover",
                                         "client_max_window_bits; client_max_window_bits=12",
                                         "server_max_window_bits=12; server_max_window_bits=12",
                                         "SERVER_NO_CONTEXT_TAKEOVER"}) {
        EXPECT_EQ(answer("permessage-deflate; " + parameters), declined) << parameters;
        EXPECT_EQ(answer("permessage-deflate; " + parameters + ", permessage-deflate"), accepted)
            << parameters;
    }
}

TEST(DeflateNegotiation, DeclinesMalformedOffers) {
    for (const std::string offer : {"permessage-deflate;",
                                    "permessage-deflate; ;client_no_context_takeover",
                                    "; permessage-deflate",
                                    "permessage deflate",
                                    "permessage-deflate client_no_context_takeover",
                                    "permessage-deflate=1",
                                    "\"permessage-deflate\"",
                                    "permessage-deflate; server_max_window_bits=\"12",
                                    "permessage-deflate; server_max_window_bits=12\"",
                                    "permessage-deflate; server_max_window_bits=\"1\\2\"",
                                    "permessage-deflate; server_max_window_bits==12",
                                    "permessage-deflate; =12"}) {
        EXPECT_EQ(answer(offer), declined) << offer;
    }
}

TEST(DeflateNegotiation, SkipsAnOfferWithThousandsOfParameters) {
    std::string offer = "permessage-deflate";
    for (int i = 0; i < 100'000; ++i) offer += ";client_max_window_bits";
    EXPECT_EQ(answer(offer + ", permessage-deflate"), accepted);
}

}  // namespace
}  // namespace rotacast::net

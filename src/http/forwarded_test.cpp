#include "http/forwarded.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rotacast::http {
namespace {

using boost::asio::ip::make_address;

// 10.0.0.1 is the proxy that connects to us; the hospital's others are 10.0.0.2 and so on.
const auto peer = make_address("10.0.0.1");

TrustedProxies proxies(ProxyHeaders headers = ProxyHeaders::both) {
    return {net::AddressBlocks::parse({"10.0.0.0/8", "fd00::/8"}).value(), headers};
}

/// `ADDRESS [https|http] [HOST] [contradictory]`
std::string shown(const Sender& sender) {
    auto text = sender.address.to_string();
    if (sender.secure) text += *sender.secure ? " https" : " http";
    if (!sender.host.empty()) text += ' ' + sender.host;
    if (sender.contradictory) text += " contradictory";
    return text;
}

std::string sent(const ForwardedTexts& texts, ProxyHeaders headers = ProxyHeaders::both) {
    return shown(sender_of(peer, proxies(headers), texts));
}

struct Row {
    std::string text;
    std::string sender;
};

void check_forwarded(const std::vector<Row>& rows) {
    for (const auto& [text, sender] : rows) EXPECT_EQ(sent({.forwarded = text}), sender) << text;
}
void check_x_for(const std::vector<Row>& rows) {
    for (const auto& [text, sender] : rows) EXPECT_EQ(sent({.x_for = text}), sender) << text;
}

TEST(Forwarded, NobodyIsHeardWhoIsNotTrusted) {
    const ForwardedTexts texts{.forwarded = "for=1.2.3.4;proto=https;host=evil.example",
                               .x_for = "1.2.3.4",
                               .x_proto = "https",
                               .x_host = "evil.example"};
    for (const auto* stranger : {"203.0.113.9", "11.0.0.1", "2001:db8::1", "127.0.0.1"})
        EXPECT_EQ(shown(sender_of(make_address(stranger), proxies(), texts)), stranger);
    EXPECT_EQ(shown(sender_of(peer, {}, texts)), "10.0.0.1");
    EXPECT_EQ(sent({}), "10.0.0.1");
}

TEST(Forwarded, AnElementNamesAddressProtocolAndHost) {
    check_forwarded({
        {"for=192.0.2.43", "192.0.2.43"},
        {"For=\"192.0.2.43:47011\"", "192.0.2.43"},
        {"for=192.0.2.43:47011", "192.0.2.43"},
        {"for=\"[2001:db8::1]:4711\"", "2001:db8::1"},
        {"for=\"[2001:db8::1]:_port\"", "2001:db8::1"},
        {"for=\"2001:db8::1\"", "2001:db8::1"},
        {"for=[2001:db8::1]", "2001:db8::1"},
        {R"(for="\1\9\2.0.2.43")", "192.0.2.43"},
        {"for=\"[::ffff:192.0.2.43]\"", "192.0.2.43"},
        {"for=192.0.2.43;by=10.0.0.1;proto=https;host=rota.example",
         "192.0.2.43 https rota.example"},
        {" ;for=192.0.2.43 ; PROTO=HTTP;; host=\"rota.example:8443\";",
         "192.0.2.43 http rota.example:8443"},
        {"for=192.0.2.43;secret=\"a,b;for=1.2.3.4\"", "192.0.2.43"},
        {"proto=wss;for=192.0.2.43", "192.0.2.43 https"},
        {"proto=gopher;for=192.0.2.43;host=\"a b\"", "192.0.2.43"},
        {"host=\"user@rota.example\";for=192.0.2.43", "192.0.2.43"},
        {"host=" + std::string(300, 'a') + ";for=192.0.2.43", "192.0.2.43"},
        {"proto=https", "10.0.0.1 https"},
        {",, for=192.0.2.43 ,,", "192.0.2.43"},
    });
}

TEST(Forwarded, TheWalkBeginsAtTheRightAndEndsAtTheFirstStranger) {
    check_forwarded({
        {"for=1.2.3.4, for=192.0.2.43", "192.0.2.43"},
        {"for=1.2.3.4;proto=https;host=evil.example, for=192.0.2.43", "192.0.2.43"},
        {"for=1.2.3.4, for=192.0.2.43;proto=https;host=rota.example, "
         "for=10.0.0.3;proto=http;host=inner",
         "192.0.2.43 https rota.example"},
        {"for=192.0.2.43, for=10.0.0.3;proto=https;host=inner", "192.0.2.43"},
        {"for=192.0.2.43,for=\"[fd00::7]\",for=10.0.0.3", "192.0.2.43"},
        {"for=10.0.0.5;proto=https, for=10.0.0.3;proto=http", "10.0.0.5 https"},  // all are ours
        {"for=10.9.9.9, for=192.0.2.43", "192.0.2.43"},  // who says that it comes from one of ours
    });
    check_x_for({
        {"192.0.2.43", "192.0.2.43"},
        {"1.2.3.4, 192.0.2.43", "192.0.2.43"},
        {"1.2.3.4,192.0.2.43,10.0.0.3", "192.0.2.43"},
        {"192.0.2.43:1234", "192.0.2.43"},
        {"2001:db8::1", "2001:db8::1"},
        {"[2001:db8::1]:4711", "2001:db8::1"},
        {"10.0.0.5, 10.0.0.3", "10.0.0.5"},
        {"1.2.3.4,, 192.0.2.43,", "192.0.2.43"},
    });
}

TEST(Forwarded, WhatNamesNoAddressEndsTheWalkAtTheLastGoodOne) {
    for (const auto* hidden : {"unknown", "Unknown", "_hidden", "_a.b-c", "\"_hidden:80\""}) {
        const auto element = "for=1.2.3.4, for=" + std::string(hidden);
        check_forwarded(
            {{element, "10.0.0.1"},
             {element + ";proto=https;host=rota.example", "10.0.0.1 https rota.example"},
             {element + ", for=10.0.0.3;proto=http", "10.0.0.3"}});
    }
    for (const auto* malformed : {"for",
                                  "for=",
                                  "for=\"\"",
                                  "=192.0.2.43",
                                  R"(n\"v"=x;for=192.0.2.43)",
                                  "for=192.0.2.43;proto",
                                  "for=192.0.2.43;for=192.0.2.44",
                                  "for=192.0.2.43;host=a;host=b",
                                  "for=\"192.0.2.43",
                                  "for=192.0.2.43\"",
                                  "for=\"192.0.2.43\"x",
                                  "for=192.0.2.43 proto=https",
                                  "for=192.0.2",
                                  "for=192.0.2.043",
                                  "for=rota.example",
                                  "for=192.0.2.43:",
                                  "for=192.0.2.43:123456",
                                  "for=\"[192.0.2.43]\"",
                                  "for=\"[2001:db8::1\"",
                                  "for=\"[2001:db8::1]4711\"",
                                  "for=\"[fe80::1%eth0]\"",
                                  "for=\"fe80::1%lo\"",
                                  "for=_",
                                  "for=_a/b",
                                  "for=\"[_hidden]\"",
                                  "192.0.2.43"}) {
        const auto element = "for=1.2.3.4;proto=https, " + std::string(malformed);
        check_forwarded(
            {{element, "10.0.0.1"}, {element + ", for=10.0.0.3;proto=http", "10.0.0.3 http"}});
    }
    check_x_for({{std::string("1.2.3.4\0x", 9), "10.0.0.1"},
                 {"1.2.3.4, unknown", "10.0.0.1"},
                 {"1.2.3.4, unknown, 10.0.0.3", "10.0.0.3"},
                 {"1.2.3.4, _hidden", "10.0.0.1"},
                 {"1.2.3.4, \"192.0.2.43\"", "10.0.0.1"},
                 {"1.2.3.4, evil, 10.0.0.3", "10.0.0.3"},
                 {"1.2.3.4; 192.0.2.43", "10.0.0.1"}});
}

// The left part is the client's. Quotes in it must not swallow what the proxy has added.
TEST(Forwarded, NothingThatAClientWritesChangesWhoItIs) {
    for (const std::string forged : {"for=1.2.3.4",
                                     "for=10.0.0.9",
                                     "for=\"",
                                     R"(for="1.2.3.4;x=\)",
                                     R"(x="a\")",
                                     "unknown",
                                     ",,,",
                                     "\\",
                                     "1.2.3.4"}) {
        EXPECT_EQ(sent({.forwarded = forged + ", for=192.0.2.43;proto=https"}), "192.0.2.43 https")
            << forged;
        EXPECT_EQ(sent({.x_for = forged + ", 192.0.2.43", .x_proto = "https"}), "192.0.2.43 https")
            << forged;
    }
}

TEST(Forwarded, ProtocolAndHostBelongToTheHopOfTheClient) {
    struct XRow {
        ForwardedTexts texts;
        std::string sender;
    };
    const XRow rows[] = {
        {{.x_proto = "https", .x_host = "rota.example"}, "10.0.0.1 https rota.example"},
        {{.x_for = "192.0.2.43", .x_proto = "https"}, "192.0.2.43 https"},
        // one value, set by the outermost proxy and passed on
        {{.x_for = "192.0.2.43, 10.0.0.3", .x_proto = "https", .x_host = "rota.example"},
         "192.0.2.43 https rota.example"},
        // each proxy adds one
        {{.x_for = "192.0.2.43, 10.0.0.3",
          .x_proto = "https, http",
          .x_host = "rota.example, inner"},
         "192.0.2.43 https rota.example"},
        {{.x_for = "1.2.3.4, 192.0.2.43, 10.0.0.3", .x_proto = "https, http, https"},
         "192.0.2.43 http"},
        // the client's value is to the left of the proxy's
        {{.x_for = "192.0.2.43", .x_proto = "https, http", .x_host = "evil.example, rota.example"},
         "192.0.2.43 http rota.example"},
        {{.x_proto = "https, http"}, "10.0.0.1 http"},
        // fewer values than proxies
        {{.x_for = "192.0.2.43, 10.0.0.4, 10.0.0.3", .x_proto = "https, http"}, "192.0.2.43 https"},
        {{.x_for = "unknown, 10.0.0.3", .x_proto = "https, http"}, "10.0.0.3 https"},
        {{.x_for = "evil, 10.0.0.3", .x_proto = "https, http"}, "10.0.0.3 http"},
        {{.x_for = "192.0.2.43", .x_proto = "certainly", .x_host = "a/b"}, "192.0.2.43"},
    };
    for (const auto& row : rows) EXPECT_EQ(sent(row.texts), row.sender) << row.sender;
}

TEST(Forwarded, BothKindsCountIfTheySayTheSameOrAddToEachOther) {
    EXPECT_EQ(sent({.forwarded = "for=192.0.2.43;host=rota.example",
                    .x_for = "1.2.3.4, 192.0.2.43",
                    .x_proto = "https"}),
              "192.0.2.43 https rota.example");
    EXPECT_EQ(sent({.forwarded = "for=192.0.2.43;proto=https;host=Rota.example",
                    .x_for = "192.0.2.43",
                    .x_proto = "https",
                    .x_host = "rota.example"}),
              "192.0.2.43 https Rota.example");
    EXPECT_EQ(sent({.forwarded = "for=192.0.2.43", .x_proto = "https"}), "192.0.2.43 https");
}

// The proxy writes one of them; the client wrote the other.
TEST(Forwarded, NoneCountsIfTheyContradictEachOther) {
    const ForwardedTexts rows[] = {
        {.forwarded = "for=1.2.3.4", .x_for = "192.0.2.43"},
        {.forwarded = "for=unknown", .x_for = "192.0.2.43"},
        {.forwarded = "nonsense", .x_for = "192.0.2.43"},
        {.forwarded = "proto=https", .x_for = "192.0.2.43"},
        {.forwarded = "for=192.0.2.43", .x_for = "unknown"},
        {.forwarded = "for=192.0.2.43;proto=https", .x_for = "192.0.2.43", .x_proto = "http"},
        {.forwarded = "for=192.0.2.43;host=evil.example",
         .x_for = "192.0.2.43",
         .x_host = "rota.example"},
        {.forwarded = "for=192.0.2.43;proto=http", .x_proto = "https"},
    };
    for (const auto& texts : rows)
        EXPECT_EQ(sent(texts), "10.0.0.1 contradictory") << texts.forwarded;
}

TEST(Forwarded, OnlyTheKindIsReadThatTheProxiesWrite) {
    const ForwardedTexts texts{.forwarded = "for=192.0.2.43;proto=https", .x_for = "192.0.2.44"};
    EXPECT_EQ(sent(texts, ProxyHeaders::forwarded), "192.0.2.43 https");
    EXPECT_EQ(sent(texts, ProxyHeaders::x_forwarded), "192.0.2.44");
    EXPECT_EQ(sent({.forwarded = texts.forwarded}, ProxyHeaders::x_forwarded), "10.0.0.1");
    EXPECT_EQ(sent({.x_for = texts.x_for}, ProxyHeaders::forwarded), "10.0.0.1");
}

std::string repeated(std::string_view element, int times, std::string_view last) {
    std::string list;
    for (int i = 0; i < times; ++i) list.append(element) += ", ";
    return list.append(last);
}

TEST(Forwarded, ChainsHaveABound) {
    check_forwarded(
        {{repeated("for=1.2.3.4", 10'000, "for=192.0.2.43"), "192.0.2.43"},
         {repeated("for=1.2.3.4", 200, "for=10.0.0.3"), "1.2.3.4"},
         {repeated("for=10.0.0.3", 200, "for=10.0.0.4"), "10.0.0.3"},
         {"for=192.0.2.43, " + repeated("for=10.0.0.3", 62, "for=10.0.0.4"), "192.0.2.43"},
         {"for=192.0.2.43, " + repeated("for=10.0.0.3", 63, "for=10.0.0.4"), "10.0.0.3"},
         {"for=192.0.2.43" + std::string(10'000, ','), "10.0.0.1"}});
    check_x_for({{repeated("1.2.3.4", 10'000, "192.0.2.43"), "192.0.2.43"},
                 {"192.0.2.43, " + repeated("10.0.0.3", 62, "10.0.0.4"), "192.0.2.43"},
                 {"192.0.2.43, " + repeated("10.0.0.3", 63, "10.0.0.4"), "10.0.0.3"},
                 {"192.0.2.43" + std::string(10'000, ','), "10.0.0.1"}});
}

}  // namespace
}  // namespace rotacast::http

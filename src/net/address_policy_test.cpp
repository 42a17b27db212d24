#include "net/address_policy.hpp"

#include <gtest/gtest.h>

namespace rotacast::net {
namespace {

bool is_public(const char* text) {
    return net::is_public(boost::asio::ip::make_address(text));
}

TEST(AddressPolicy, AcceptsPublicAddresses) {
    for (const char* address :
         {"1.1.1.1",         "8.8.8.8",         "9.255.255.255",   "11.0.0.0",
          "100.63.255.255",  "100.128.0.0",     "126.255.255.255", "128.0.0.0",
          "169.253.255.255", "169.255.0.0",     "172.15.255.255",  "172.32.0.0",
          "192.0.1.0",       "192.167.255.255", "192.169.0.0",     "198.17.255.255",
          "198.20.0.0",      "223.255.255.255", "2001:200::1",     "2001:4860:4860::8888",
          "2606:4700::1111", "3ffe::1",         "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8",
          "2002:808:808::1"})
        EXPECT_TRUE(is_public(address)) << address;
}

TEST(AddressPolicy, RefusesReservedAddresses) {
    for (const char* address : {"0.0.0.0",
                                "0.255.255.255",
                                "10.0.0.0",
                                "10.255.255.255",
                                "100.64.0.0",
                                "100.127.255.255",
                                "127.0.0.1",
                                "127.255.255.255",
                                "169.254.169.254",
                                "172.16.0.0",
                                "172.31.255.255",
                                "192.0.0.1",
                                "192.0.2.1",
                                "192.88.99.1",
                                "192.168.0.0",
                                "192.168.255.255",
                                "198.18.0.0",
                                "198.19.255.255",
                                "198.51.100.7",
                                "203.0.113.7",
                                "224.0.0.1",
                                "239.255.255.255",
                                "240.0.0.1",
                                "255.255.255.255",
                                "::",
                                "::1",
                                "::8.8.8.8",
                                "100::1",
                                "64:ff9b:1::8.8.8.8",
                                "2001::1",
                                "2001:2::1",
                                "2001:10::1",
                                "2001:db8::1",
                                "3fff::1",
                                "5f00::1",
                                "fc00::1",
                                "fdff:ffff::1",
                                "fe80::1",
                                "fe80::1%1",
                                "fec0::1",
                                "ff02::1"})
        EXPECT_FALSE(is_public(address)) << address;
}

TEST(AddressPolicy, ChecksAnEmbeddedIpv4Address) {
    for (const char* address : {"::ffff:127.0.0.1",
                                "::ffff:10.1.2.3",
                                "::ffff:169.254.169.254",
                                "64:ff9b::127.0.0.1",
                                "64:ff9b::192.168.1.1",
                                "2002:7f00:1::1",
                                "2002:a00:1::1",
                                "2002:c0a8:101::"})
        EXPECT_FALSE(is_public(address)) << address;
}

}  // namespace
}  // namespace rotacast::net

#include "net/address_blocks.hpp"

#include <gtest/gtest.h>

namespace rotacast::net {
namespace {

bool contains(const std::vector<std::string>& blocks, const std::string& address) {
    return AddressBlocks::parse(blocks).value().contains(boost::asio::ip::make_address(address));
}

TEST(AddressBlocks, ContainTheirAddressesAndNoOthers) {
    EXPECT_FALSE(contains({}, "127.0.0.1"));
    EXPECT_TRUE(contains({"127.0.0.1"}, "127.0.0.1"));
    EXPECT_FALSE(contains({"127.0.0.1"}, "127.0.0.2"));
    EXPECT_TRUE(contains({"192.168.0.0/16", "10.4.0.0/14"}, "10.7.255.255"));
    EXPECT_FALSE(contains({"192.168.0.0/16", "10.4.0.0/14"}, "10.8.0.0"));
    EXPECT_TRUE(contains({"0.0.0.0/0"}, "203.0.113.7"));
    EXPECT_FALSE(contains({"0.0.0.0/0"}, "2001:db8::1"));
    EXPECT_TRUE(contains({"fd00::/8"}, "fdff::1"));
    EXPECT_FALSE(contains({"fd00::/8"}, "fe80::1"));
    EXPECT_TRUE(contains({"::1"}, "::1"));
}

TEST(AddressBlocks, AMappedAddressEqualsItsIpv4Address) {
    EXPECT_TRUE(contains({"10.0.0.0/8"}, "::ffff:10.1.2.3"));
    EXPECT_TRUE(contains({"::ffff:10.0.0.0/104"}, "10.1.2.3"));
    EXPECT_FALSE(contains({"10.0.0.0/8"}, "::ffff:11.1.2.3"));
}

TEST(AddressBlocks, RefuseInvalidTexts) {
    for (const auto* text : {"",
                             "localhost",
                             "10.0.0.0/33",
                             "10.0.0.0/",
                             "10.0.0.0/8x",
                             "::/129",
                             "10.0.0.0/-1",
                             "10.0.0.1/8",
                             "fd00::1/8",
                             "10.0.0/8"}) {
        const auto blocks = AddressBlocks::parse({"127.0.0.1", text});
        ASSERT_FALSE(blocks) << text;
        EXPECT_EQ(blocks.error().code, ErrorCode::config_invalid);
        EXPECT_TRUE(blocks.error().message.starts_with(text));
    }
}

TEST(AddressBlocks, SayWhichBlockWasMeant) {
    const auto words_on = [](const char* text) {
        return AddressBlocks::parse({text}).error().message;
    };
    EXPECT_EQ(words_on("10.1.2.3/16"),
              "10.1.2.3/16 is no CIDR block: host bits are set; write 10.1.0.0/16");
    EXPECT_EQ(words_on("fd00::1/8"),
              "fd00::1/8 is no CIDR block: host bits are set; write fd00::/8");
}

}  // namespace
}  // namespace rotacast::net

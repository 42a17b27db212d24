#include "live/admission.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace rotacast::live {
namespace {

using namespace std::chrono_literals;
using enum AdmissionRefusal;

const Admission::Clock::time_point start{1h};

boost::asio::ip::address address(const std::string& text) {
    return boost::asio::ip::make_address(text);
}

boost::asio::ip::address numbered(std::uint32_t number) {
    return boost::asio::ip::address_v4(0x0a000000U + number);
}

AdmissionLimits limits(std::size_t per_user, std::size_t per_address, TokenRate upgrades = {}) {
    return {per_user, per_address, upgrades};
}

TEST(Admission, BoundsTheConnectionsOfAnAddressUntilOneCloses) {
    Admission admission(limits(0, 2));
    auto first = admission.admit(address("192.0.2.1"), start);
    const auto second = admission.admit(address("192.0.2.1"), start);
    ASSERT_TRUE(first && second);
    const auto third = admission.admit(address("192.0.2.1"), start);
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error(), connections_of_address);
    EXPECT_TRUE(admission.admit(address("192.0.2.2"), start));
    first = AdmissionTicket();
    EXPECT_TRUE(admission.admit(address("192.0.2.1"), start));
    EXPECT_EQ(admission.refused(connections_of_address), 1u);
}

TEST(Admission, BoundsTheConnectionsOfAUserWhateverTheirAddresses) {
    Admission admission(limits(2, 0));
    const Uuid ann = Uuid::random();
    std::vector<AdmissionTicket> tickets;
    for (int i = 0; i < 2; ++i) tickets.push_back(std::move(*admission.admit(ann)));
    const auto refused = admission.admit(ann);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), connections_of_user);
    EXPECT_TRUE(admission.admit(Uuid::random()));
    tickets.pop_back();
    EXPECT_TRUE(admission.admit(ann));
    EXPECT_EQ(admission.refused(connections_of_user), 1u);
}

TEST(Admission, BoundsTheUpgradesOfAnAddress) {
    Admission admission(limits(0, 0, {.per_second = 10, .burst = 3}));
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(admission.admit(address("192.0.2.1"), start));
    const auto refused = admission.admit(address("192.0.2.1"), start);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), upgrades_of_address);
    EXPECT_TRUE(admission.admit(address("192.0.2.2"), start));
    EXPECT_TRUE(admission.admit(address("192.0.2.1"), start + 100ms));
    EXPECT_EQ(admission.refused(upgrades_of_address), 1u);
}

TEST(Admission, ZeroMeansNoBound) {
    Admission admission(limits(0, 0));
    const Uuid ann = Uuid::random();
    std::vector<AdmissionTicket> tickets;
    for (int i = 0; i < 1'000; ++i) {
        tickets.push_back(std::move(*admission.admit(address("127.0.0.1"), start)));
        tickets.push_back(std::move(*admission.admit(ann)));
    }
    EXPECT_EQ(admission.addresses(), 1u);
}

TEST(Admission, CountsAnIpv6SiteAsOneAndMappedIpv4AsItself) {
    const auto key = [](const std::string& text) { return AddressKey::of(address(text)); };
    EXPECT_EQ(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    EXPECT_NE(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
    EXPECT_EQ(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    EXPECT_NE(key("192.0.2.1"), key("192.0.2.2"));
    EXPECT_NE(key("0.0.0.0"), key("::"));
    EXPECT_NE(key("::1"), key("127.0.0.1"));
}

TEST(Admission, AppliesChangedLimitsWithoutDisconnectingAnybody) {
    Admission admission(limits(1, 0));
    const Uuid ann = Uuid::random();
    const auto first = admission.admit(ann);
    EXPECT_FALSE(admission.admit(ann));
    admission.set_limits(limits(2, 0));
    const auto second = admission.admit(ann);
    EXPECT_TRUE(first && second);
    admission.set_limits(limits(1, 0));
    EXPECT_FALSE(admission.admit(ann));
}

TEST(Admission, ForgetsIdleAddressesWithAllTokensRefilled) {
    Admission admission(limits(0, 0, {.per_second = 1, .burst = 5}));
    for (std::uint32_t i = 0; i < 100; ++i) {
        EXPECT_TRUE(admission.admit(numbered(i), start));
    }
    EXPECT_EQ(admission.addresses(), 100u);
    const auto later = admission.admit(numbered(1'000), start + 1s);
    EXPECT_EQ(admission.addresses(), 1u);
}

TEST(Admission, RemembersABoundedNumberOfIdleAddresses) {
    Admission admission(limits(0, 0, {.per_second = 1, .burst = 1}), 10);
    const auto held = admission.admit(numbered(0), start);
    for (std::uint32_t i = 1; i <= 1'000; ++i) {
        EXPECT_TRUE(admission.admit(numbered(i), start));
        EXPECT_FALSE(admission.admit(numbered(i), start));
    }
    EXPECT_EQ(admission.addresses(), 11u);
    EXPECT_FALSE(admission.admit(numbered(1'000), start)) << "among the youngest";
    EXPECT_TRUE(admission.admit(numbered(1), start)) << "forgotten long since";
    EXPECT_FALSE(admission.admit(numbered(0), start)) << "never forgotten: it has a connection";
}

TEST(Admission, KeepsAnIdleAddressThatKeepsTrying) {
    Admission admission(limits(0, 0, {.per_second = 1, .burst = 1}), 3);
    EXPECT_TRUE(admission.admit(numbered(0), start));
    for (std::uint32_t i = 1; i <= 100; ++i) {
        EXPECT_TRUE(admission.admit(numbered(i), start));
        EXPECT_FALSE(admission.admit(numbered(0), start));
    }
}

TEST(Admission, TicketsMoveWithoutCountingTwice) {
    Admission admission(limits(1, 0));
    const Uuid ann = Uuid::random();
    auto first = std::move(*admission.admit(ann));
    AdmissionTicket second = std::move(first);
    first = AdmissionTicket();
    EXPECT_FALSE(admission.admit(ann));
    second = AdmissionTicket();
    EXPECT_TRUE(admission.admit(ann));
}

TEST(Admission, CountsCorrectlyFromManyThreads) {
    Admission admission(limits(1, 1));
    const Uuid ann = Uuid::random();
    std::vector<std::thread> threads;
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 2'000; ++round) {
                const auto by_address = admission.admit(numbered(7), start);
                if (!by_address) continue;
                const auto by_user = admission.admit(ann);
                if (!by_user) continue;
                const int now_inside = ++inside;
                if (now_inside > most) most = now_inside;
                --inside;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(most, 1);
    EXPECT_TRUE(admission.admit(ann));
    EXPECT_TRUE(admission.admit(numbered(7), start));
}

}  // namespace
}  // namespace rotacast::live

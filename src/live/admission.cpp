#include "live/admission.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace rotacast::live {
namespace {

std::uint64_t leading_bits(std::span<const std::uint8_t> octets) {
    std::uint64_t bits = 0;
    for (const auto octet : octets) bits = bits << 8U | octet;
    return bits;
}

}  // namespace

std::string_view to_string(AdmissionRefusal refusal) {
    static constexpr std::array<std::string_view, admission_refusals> names{
        "connections_of_user", "connections_of_address", "upgrades_of_address"};
    return names.at(static_cast<std::size_t>(refusal));
}

AddressKey AddressKey::of(const boost::asio::ip::address& address) {
    namespace ip = boost::asio::ip;
    if (address.is_v4()) return {leading_bits(address.to_v4().to_bytes()), false};
    const auto v6 = address.to_v6();
    const auto octets = v6.to_bytes();
    if (v6.is_v4_mapped())
        return {leading_bits(ip::make_address_v4(ip::v4_mapped, v6).to_bytes()), false};
    return {leading_bits(std::span(octets).first(8)), true};
}

std::string to_string(const AddressKey& key) {
    return (key.is_v6 ? "6:" : "4:") + std::to_string(key.bits);
}

// -------------------------------------------------------------------------------------- tickets

AdmissionTicket& AdmissionTicket::operator=(AdmissionTicket&& other) noexcept {
    if (this == &other) return *this;
    give_back();
    join(std::move(other));
    return *this;
}

void AdmissionTicket::join(AdmissionTicket&& other) noexcept {
    if (!other.admission_) return;
    admission_ = other.admission_;
    if (other.address_) address_ = std::exchange(other.address_, nullptr);
    if (other.user_) user_ = std::exchange(other.user_, nullptr);
}

void AdmissionTicket::give_back() noexcept {
    if (address_ || user_)
        admission_->give_back(std::exchange(address_, nullptr), std::exchange(user_, nullptr));
}

// --------------------------------------------------------------------------------------- counts

Admission::Admission(const AdmissionLimits& limits, std::size_t idle_addresses_max)
    : idle_addresses_max_(std::max<std::size_t>(idle_addresses_max, 1)), limits_(limits) {}

void Admission::set_limits(const AdmissionLimits& limits) {
    const std::scoped_lock lock(mutex_);
    limits_ = limits;
}

Admitted Admission::admit(const boost::asio::ip::address& address, Clock::time_point now) {
    const auto key = AddressKey::of(address);
    const std::scoped_lock lock(mutex_);
    forget_idle(now);
    auto& count = count_of(key);
    const bool may_upgrade = count.upgrades.take(limits_.upgrades, now);
    const auto bound = limits_.connections_per_address;
    const bool has_room = bound == 0 || count.connections < bound;
    if (may_upgrade && has_room) {
        if (count.connections++ == 0) busy_.splice(busy_.end(), idle_, by_address_.at(key));
        return AdmissionTicket(*this, &count, nullptr);
    }
    return refuse(may_upgrade ? AdmissionRefusal::connections_of_address
                              : AdmissionRefusal::upgrades_of_address);
}

Admitted Admission::admit(const Uuid& user) {
    const std::scoped_lock lock(mutex_);
    UserCount& count = *by_user_.try_emplace(user, 0).first;
    const auto bound = limits_.connections_per_user;
    if (bound != 0 && count.second >= bound) return refuse(AdmissionRefusal::connections_of_user);
    ++count.second;
    return AdmissionTicket(*this, nullptr, &count);
}

std::uint64_t Admission::refused(AdmissionRefusal refusal) const noexcept {
    return refused_.at(static_cast<std::size_t>(refusal)).load(std::memory_order_relaxed);
}

std::size_t Admission::addresses() const {
    const std::scoped_lock lock(mutex_);
    return by_address_.size();
}

Admitted Admission::refuse(AdmissionRefusal refusal) noexcept {
    refused_.at(static_cast<std::size_t>(refusal)).fetch_add(1, std::memory_order_relaxed);
    return refusal;
}

std::size_t Admission::HashAddress::operator()(const AddressKey& key) const noexcept {
    // Spreads neighbouring addresses over the table (Fibonacci hashing).
    return static_cast<std::size_t>((key.bits + (key.is_v6 ? 1U : 0U)) * 0x9e3779b97f4a7c15ULL);
}

// Also marks an address without connections as the most recently active one.
AddressCount& Admission::count_of(const AddressKey& address) {
    const auto found = by_address_.find(address);
    if (found == by_address_.end()) {
        idle_.push_back({address, 0, {}});
        by_address_.emplace(address, std::prev(idle_.end()));
        keep_idle_bounded();
        return idle_.back();
    }
    auto& count = *found->second;
    if (count.connections == 0) idle_.splice(idle_.end(), idle_, found->second);
    return count;
}

void Admission::forget_idle(Clock::time_point now) {
    while (!idle_.empty() && idle_.front().upgrades.full(now)) forget_longest_idle();
}

void Admission::keep_idle_bounded() noexcept {
    while (idle_.size() > idle_addresses_max_) forget_longest_idle();
}

void Admission::forget_longest_idle() noexcept {
    by_address_.erase(idle_.front().address);
    idle_.pop_front();
}

void Admission::give_back(AddressCount* address, UserCount* user) noexcept {
    const std::scoped_lock lock(mutex_);
    if (address && --address->connections == 0) {
        idle_.splice(idle_.end(), busy_, by_address_.find(address->address)->second);
        keep_idle_bounded();
    }
    if (user && --user->second == 0) by_user_.erase(by_user_.find(user->first));
}

}  // namespace rotacast::live

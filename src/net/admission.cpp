#include "net/admission.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace rotacast::net {
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

// -------------------------------------------------------------------------------------- tickets

AdmissionTicket::AdmissionTicket(Admission& admission, const AddressKey& address)
    : admission_(&admission), counted_(Counted::address), address_(address) {}

AdmissionTicket::AdmissionTicket(Admission& admission, const Uuid& user)
    : admission_(&admission), counted_(Counted::user), user_(user) {}

AdmissionTicket::AdmissionTicket(AdmissionTicket&& other) noexcept
    : admission_(other.admission_),
      counted_(std::exchange(other.counted_, Counted::nothing)),
      address_(other.address_),
      user_(other.user_) {}

AdmissionTicket& AdmissionTicket::operator=(AdmissionTicket&& other) noexcept {
    if (this == &other) return *this;
    give_back();
    admission_ = other.admission_;
    counted_ = std::exchange(other.counted_, Counted::nothing);
    address_ = other.address_;
    user_ = other.user_;
    return *this;
}

AdmissionTicket::~AdmissionTicket() {
    give_back();
}

void AdmissionTicket::give_back() noexcept {
    const auto counted = std::exchange(counted_, Counted::nothing);
    if (counted == Counted::address) admission_->give_back(address_);
    if (counted == Counted::user) admission_->give_back(user_);
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
    auto& entry = entry_of(key);
    const bool may_upgrade = entry.upgrades.take(limits_.upgrades, now);
    const auto bound = limits_.connections_per_address;
    const bool has_room = bound == 0 || entry.connections < bound;
    if (may_upgrade && has_room) {
        if (entry.connections++ == 0) busy_.splice(busy_.end(), idle_, by_address_.at(key));
        return AdmissionTicket(*this, key);
    }
    return refuse(may_upgrade ? AdmissionRefusal::connections_of_address
                              : AdmissionRefusal::upgrades_of_address);
}

Admitted Admission::admit(const Uuid& user) {
    const std::scoped_lock lock(mutex_);
    auto& connections = by_user_[user];
    const auto bound = limits_.connections_per_user;
    if (bound != 0 && connections >= bound) return refuse(AdmissionRefusal::connections_of_user);
    ++connections;
    return AdmissionTicket(*this, user);
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
    // Neighbouring addresses shall not be neighbours in the table (Fibonacci hashing).
    return static_cast<std::size_t>((key.bits + (key.is_v6 ? 1U : 0U)) * 0x9e3779b97f4a7c15ULL);
}

/// Of one without connections it is now the one that was busy last.
Admission::AddressEntry& Admission::entry_of(const AddressKey& address) {
    const auto found = by_address_.find(address);
    if (found == by_address_.end()) {
        idle_.push_back({address, 0, {}});
        by_address_.emplace(address, std::prev(idle_.end()));
        keep_idle_bounded();
        return idle_.back();
    }
    auto& entry = *found->second;
    if (entry.connections == 0) idle_.splice(idle_.end(), idle_, found->second);
    return entry;
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

void Admission::give_back(const AddressKey& address) noexcept {
    const std::scoped_lock lock(mutex_);
    const auto entry = by_address_.find(address)->second;
    if (--entry->connections > 0) return;
    idle_.splice(idle_.end(), busy_, entry);
    keep_idle_bounded();
}

void Admission::give_back(const Uuid& user) noexcept {
    const std::scoped_lock lock(mutex_);
    const auto found = by_user_.find(user);
    if (--found->second == 0) by_user_.erase(found);
}

}  // namespace rotacast::net

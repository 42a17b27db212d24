#pragma once

// Who may open another live connection: bounds per address and per user, so that one client cannot
// take all of them.

#include "base/token_bucket.hpp"
#include "base/uuid.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/system/result.hpp>

#include <array>
#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace rotacast::live {

struct AdmissionLimits {
    std::size_t connections_per_user = 0;     ///< 0: no bound, here and below
    std::size_t connections_per_address = 0;  ///< IPv6: per /64, which one customer has
    TokenRate upgrades;                       ///< of one address
};

enum class AdmissionRefusal : std::uint8_t {
    connections_of_user,
    connections_of_address,
    upgrades_of_address,
};
inline constexpr std::size_t admission_refusals = 3;

/// For statistics; snake_case. Static lifetime.
std::string_view to_string(AdmissionRefusal refusal);

/// What connections of one address are counted by: an IPv4 address (mapped ones, too) or the /64
/// of an IPv6 one (RFC 6177: what a site's host can choose from at will).
struct AddressKey {
    std::uint64_t bits = 0;
    bool is_v6 = false;

    static AddressKey of(const boost::asio::ip::address& address);
    auto operator<=>(const AddressKey&) const = default;
};

/// For maps that are keyed by text; not for people.
std::string to_string(const AddressKey& key);

class Admission;

struct AddressCount;
/// Connections of a user, in an Admission's memory, where each user costs as little as can be.
using UserCount = std::pair<const Uuid, std::size_t>;

/// A connection's places in the counts of its address and of its user, or in one of them; gives
/// them back when destroyed, on any thread. It must not outlive its Admission.
class AdmissionTicket {
  public:
    AdmissionTicket() = default;  ///< a place in no count
    AdmissionTicket(AdmissionTicket&& other) noexcept
        : admission_(other.admission_),
          address_(std::exchange(other.address_, nullptr)),
          user_(std::exchange(other.user_, nullptr)) {}
    AdmissionTicket& operator=(AdmissionTicket&& other) noexcept;
    ~AdmissionTicket() { give_back(); }

    /// Holds the places of `other`, too, which must be of the other kind.
    void join(AdmissionTicket&& other) noexcept;

  private:
    friend class Admission;

    AdmissionTicket(Admission& admission, AddressCount* address, UserCount* user) noexcept
        : admission_(&admission), address_(address), user_(user) {}
    void give_back() noexcept;

    Admission* admission_ = nullptr;
    AddressCount* address_ = nullptr;
    UserCount* user_ = nullptr;
};

/// Of an Admission's memory; a ticket points to it.
struct AddressCount {
    AddressKey address;
    std::size_t connections = 0;
    TokenBucket upgrades;
};

using Admitted = boost::system::result<AdmissionTicket, AdmissionRefusal>;

/// Thread: any. One mutex, taken when a connection comes and goes.
///
/// Memory: an entry for each address and user with connections, and at most `idle_addresses_max`
/// for addresses without, which are kept while they have upgrades to pay back. Beyond that the one
/// longest idle goes: an attacker with that many addresses gets its burst anew, nothing else.
class Admission {
  public:
    using Clock = TokenBucket::Clock;

    explicit Admission(const AdmissionLimits& limits, std::size_t idle_addresses_max = 65'536);
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;

    /// Holds for whoever comes from now on; nobody is thrown out.
    void set_limits(const AdmissionLimits& limits);

    /// An upgrade is asked for, or a stream of events. Costs a token, even when the address has
    /// too many connections.
    Admitted admit(const boost::asio::ip::address& address, Clock::time_point now);
    /// The connection's user is known.
    Admitted admit(const Uuid& user);

    std::uint64_t refused(AdmissionRefusal refusal) const noexcept;

    /// Addresses known, with connections or without.
    std::size_t addresses() const;

  private:
    friend class AdmissionTicket;

    using AddressCounts = std::list<AddressCount>;
    struct HashAddress {
        std::size_t operator()(const AddressKey& key) const noexcept;
    };

    Admitted refuse(AdmissionRefusal refusal) noexcept;
    AddressCount& count_of(const AddressKey& address);
    void forget_idle(Clock::time_point now);
    void keep_idle_bounded() noexcept;
    void forget_longest_idle() noexcept;
    void give_back(AddressCount* address, UserCount* user) noexcept;

    const std::size_t idle_addresses_max_;  // at least 1
    std::array<std::atomic<std::uint64_t>, admission_refusals> refused_{};

    mutable std::mutex mutex_;  // guards what follows
    AdmissionLimits limits_;
    AddressCounts busy_;
    AddressCounts idle_;  // the longest idle first
    std::unordered_map<AddressKey, AddressCounts::iterator, HashAddress> by_address_;
    std::unordered_map<Uuid, std::size_t> by_user_;
};

}  // namespace rotacast::live

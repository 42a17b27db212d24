#pragma once

// Decides who may open another live connection: bounds per address and per user, so that one client
// cannot take all connections.

#include "base/token_bucket.hpp"
#include "base/uuid.hpp"
#include "config/limits.hpp"

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
    /// 0: no bound, here and below
    std::size_t connections_per_user = config::Limits{}.connections_per_user;
    /// IPv6: per /64, the usual allocation of one customer
    std::size_t connections_per_address = config::Limits{}.connections_per_address;
    /// Per address
    TokenRate upgrades{static_cast<std::uint32_t>(config::Limits{}.upgrades_per_second),
                       static_cast<std::uint32_t>(config::Limits{}.upgrades_burst)};
};

enum class AdmissionRefusal : std::uint8_t {
    connections_of_user,
    connections_of_address,
    upgrades_of_address,
};
inline constexpr std::size_t admission_refusals = 3;

/// For statistics; snake_case. Static lifetime.
std::string_view to_string(AdmissionRefusal refusal);

/// The key by which connections of one address are counted: an IPv4 address (also when mapped) or
/// the /64 of an IPv6 address (RFC 6177: within it a site chooses addresses at will).
struct AddressKey {
    std::uint64_t bits = 0;
    bool is_v6 = false;

    static AddressKey of(const boost::asio::ip::address& address);
    auto operator<=>(const AddressKey&) const = default;
};

/// A key for maps of text; not for display.
std::string to_string(const AddressKey& key);

class Admission;

struct AddressCount;
/// The connections of one user, in an Admission's memory. Kept as small as possible per user.
using UserCount = std::pair<const Uuid, std::size_t>;

/// A connection's share in the counts of its address, of its user, or of both. Gives it back when
/// destroyed, on any thread. Must not outlive its Admission.
class AdmissionTicket {
  public:
    AdmissionTicket() = default;  ///< counts nowhere
    AdmissionTicket(AdmissionTicket&& other) noexcept
        : admission_(other.admission_),
          address_(std::exchange(other.address_, nullptr)),
          user_(std::exchange(other.user_, nullptr)) {}
    AdmissionTicket& operator=(AdmissionTicket&& other) noexcept;
    ~AdmissionTicket() { give_back(); }

    /// Takes over the share of `other`, which must be of the other kind (address or user).
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

/// Owned by an Admission; a ticket points to it.
struct AddressCount {
    AddressKey address;
    std::size_t connections = 0;
    TokenBucket upgrades;
};

using Admitted = boost::system::result<AdmissionTicket, AdmissionRefusal>;

/// Thread: any. One mutex, locked when a connection opens and closes.
///
/// Memory: an entry per address and user with connections, and at most `idle_addresses_max` entries
/// for addresses without connections, which are kept until their upgrade tokens are refilled.
/// Beyond that the longest idle entry is removed: an attacker with that many addresses gains a new
/// burst, nothing else.
class Admission {
  public:
    using Clock = TokenBucket::Clock;

    explicit Admission(const AdmissionLimits& limits, std::size_t idle_addresses_max = 65'536);
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;

    /// Applies to new connections only; nobody is disconnected.
    void set_limits(const AdmissionLimits& limits);

    /// Call for a request for an upgrade or a stream of events. Costs a token, even if the address
    /// has too many connections.
    Admitted admit(const boost::asio::ip::address& address, Clock::time_point now);
    /// Call when the connection's user is known.
    Admitted admit(const Uuid& user);

    std::uint64_t refused(AdmissionRefusal refusal) const noexcept;

    /// Known addresses, with and without connections.
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

    mutable std::mutex mutex_;  // guards the members below
    AdmissionLimits limits_;
    AddressCounts busy_;
    AddressCounts idle_;  // the longest idle first
    std::unordered_map<AddressKey, AddressCounts::iterator, HashAddress> by_address_;
    std::unordered_map<Uuid, std::size_t> by_user_;
};

}  // namespace rotacast::live

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
#include <string_view>
#include <unordered_map>

namespace rotacast::net {

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

class Admission;

/// One connection's place in a count; gives it back when destroyed, on any thread. It must not
/// outlive its Admission.
class AdmissionTicket {
  public:
    AdmissionTicket() = default;  ///< a place in no count
    AdmissionTicket(AdmissionTicket&& other) noexcept;
    AdmissionTicket& operator=(AdmissionTicket&& other) noexcept;
    ~AdmissionTicket();

  private:
    friend class Admission;
    enum class Counted : std::uint8_t { nothing, address, user };

    AdmissionTicket(Admission& admission, const AddressKey& address);
    AdmissionTicket(Admission& admission, const Uuid& user);
    void give_back() noexcept;

    Admission* admission_ = nullptr;
    Counted counted_ = Counted::nothing;
    AddressKey address_;
    Uuid user_;
};

/// What a connection holds as long as it lives.
struct AdmissionTickets {
    AdmissionTicket address;
    AdmissionTicket user;
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

    struct AddressEntry {
        AddressKey address;
        std::size_t connections = 0;
        TokenBucket upgrades;
    };
    using AddressEntries = std::list<AddressEntry>;
    struct HashAddress {
        std::size_t operator()(const AddressKey& key) const noexcept;
    };

    Admitted refuse(AdmissionRefusal refusal) noexcept;
    AddressEntry& entry_of(const AddressKey& address);
    void forget_idle(Clock::time_point now);
    void keep_idle_bounded() noexcept;
    void forget_longest_idle() noexcept;
    void give_back(const AddressKey& address) noexcept;
    void give_back(const Uuid& user) noexcept;

    const std::size_t idle_addresses_max_;  // at least 1
    std::array<std::atomic<std::uint64_t>, admission_refusals> refused_{};

    mutable std::mutex mutex_;  // guards what follows
    AdmissionLimits limits_;
    AddressEntries busy_;
    AddressEntries idle_;  // the longest idle first
    std::unordered_map<AddressKey, AddressEntries::iterator, HashAddress> by_address_;
    std::unordered_map<Uuid, std::size_t> by_user_;
};

}  // namespace rotacast::net

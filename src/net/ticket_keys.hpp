#pragma once

// The keys that seal session tickets (RFC 8446 §4.6.1; RFC 5077 §4): for whoever returns with a
// ticket, no certificate is sent and nothing is signed.

#include <openssl/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

namespace rotacast::net {

struct TicketKey {
    static constexpr std::size_t name_bytes = 16;
    static constexpr std::size_t secret_bytes = 32;

    std::array<std::uint8_t, name_bytes> name;  ///< is sent with the ticket
    std::array<std::uint8_t, secret_bytes> cipher;
    std::array<std::uint8_t, secret_bytes> mac;
};

/// A key seals for `lifetime`, and opens for as long again; whoever asks next after that makes it
/// forgotten. With TLS 1.2, who has recorded connections and has the key can read those that were
/// resumed, so a key must not live for long (RFC 5077 §5.5). Any thread.
class TicketKeys {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::hours lifetime{12};

    TicketKeys() = default;
    ~TicketKeys();
    TicketKeys(const TicketKeys&) = delete;
    TicketKeys& operator=(const TicketKeys&) = delete;

    /// nullopt without randomness.
    std::optional<TicketKey> to_seal(Clock::time_point now);

    struct Found {
        TicketKey key;
        bool aged;  ///< no longer seals: the client should get a new ticket
    };
    /// nullopt for a key that is unknown or too old.
    std::optional<Found> to_open(std::span<const std::uint8_t> name, Clock::time_point now);

  private:
    void forget_old(Clock::time_point now);

    struct Aged {
        TicketKey key;
        Clock::time_point made;
    };

    std::mutex mutex_;
    std::optional<Aged> present_;
    std::optional<Aged> former_;
};

/// Gives `context` keys of its own, which live as long as it does. Throws std::bad_alloc.
void use_ticket_keys(SSL_CTX& context);

}  // namespace rotacast::net

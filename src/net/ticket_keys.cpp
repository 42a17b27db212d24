#include "net/ticket_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <memory>
#include <new>

namespace rotacast::net {
namespace {

template <std::size_t size>
bool fill(std::array<std::uint8_t, size>& bytes) {
    return RAND_bytes(bytes.data(), static_cast<int>(size)) == 1;
}

template <class Aged>
void wipe(std::optional<Aged>& key) {
    if (key) OPENSSL_cleanse(&*key, sizeof *key);
    key.reset();
}

/// Where a context keeps its TicketKeys.
int slot() {
    static const int index = SSL_CTX_get_ex_new_index(
        0, nullptr, nullptr, nullptr, [](void*, void* keys, CRYPTO_EX_DATA*, int, long, void*) {
            delete static_cast<TicketKeys*>(keys);
        });
    return index;
}

bool prepare_mac(EVP_MAC_CTX* mac, TicketKey& key) {
    char digest[] = "SHA256";
    const std::array<OSSL_PARAM, 3> parameters{
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
}

enum Answer : int { failed = -1, unknown = 0, usable = 1, usable_and_renewed = 2 };

Answer prepare_to_seal(TicketKeys& keys,
                       std::span<std::uint8_t> name,
                       std::uint8_t* iv,
                       EVP_CIPHER_CTX* cipher,
                       EVP_MAC_CTX* mac) {
    auto key = keys.to_seal(TicketKeys::Clock::now());
    if (!key || RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return failed;
    std::ranges::copy(key->name, name.begin());
    const bool ready =
        EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), iv) == 1 &&
        prepare_mac(mac, *key);
    OPENSSL_cleanse(&*key, sizeof *key);
    return ready ? usable : failed;
}

Answer prepare_to_open(TicketKeys& keys,
                       std::span<const std::uint8_t> name,
                       const std::uint8_t* iv,
                       EVP_CIPHER_CTX* cipher,
                       EVP_MAC_CTX* mac) {
    auto found = keys.to_open(name, TicketKeys::Clock::now());
    if (!found) return unknown;
    const bool ready = EVP_DecryptInit_ex(
                           cipher, EVP_aes_256_cbc(), nullptr, found->key.cipher.data(), iv) == 1 &&
                       prepare_mac(mac, found->key);
    OPENSSL_cleanse(&found->key, sizeof found->key);
    if (!ready) return failed;
    return found->aged ? usable_and_renewed : usable;
}

/// SSL_CTX_set_tlsext_ticket_key_evp_cb(3).
int prepare(SSL* session,
            unsigned char* name,
            unsigned char* iv,
            EVP_CIPHER_CTX* cipher,
            EVP_MAC_CTX* mac,
            int sealing) {
    auto* keys = static_cast<TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), slot()));
    const std::span<std::uint8_t> its_name(name, TicketKey::name_bytes);
    if (sealing == 1) return prepare_to_seal(*keys, its_name, iv, cipher, mac);
    const Answer opened = prepare_to_open(*keys, its_name, iv, cipher, mac);
    // With TLS 1.3 a client uses a ticket once (RFC 8446 §C.4), so it needs the next one.
    return opened == usable && SSL_version(session) == TLS1_3_VERSION ? usable_and_renewed : opened;
}

}  // namespace

TicketKeys::~TicketKeys() {
    wipe(present_);
    wipe(former_);
}

std::optional<TicketKey> TicketKeys::to_seal(Clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    forget_old(now);
    if (!present_) {
        auto& key = present_.emplace(Aged{.key = {}, .made = now}).key;
        if (!fill(key.name) || !fill(key.cipher) || !fill(key.mac)) {
            wipe(present_);
            return std::nullopt;
        }
    }
    return present_->key;
}

std::optional<TicketKeys::Found> TicketKeys::to_open(std::span<const std::uint8_t> name,
                                                     Clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    forget_old(now);
    if (present_ && std::ranges::equal(present_->key.name, name))
        return Found{.key = present_->key, .aged = false};
    if (former_ && std::ranges::equal(former_->key.name, name))
        return Found{.key = former_->key, .aged = true};
    return std::nullopt;
}

void TicketKeys::forget_old(Clock::time_point now) {
    if (former_ && now - former_->made >= 2 * lifetime) wipe(former_);
    if (!present_ || now - present_->made < lifetime) return;
    wipe(former_);
    if (now - present_->made < 2 * lifetime) former_ = present_;
    wipe(present_);
}

void use_ticket_keys(SSL_CTX& context) {
    auto keys = std::make_unique<TicketKeys>();
    if (SSL_CTX_set_ex_data(&context, slot(), keys.get()) != 1) throw std::bad_alloc();
    static_cast<void>(keys.release());  // the context's now
    SSL_CTX_set_tlsext_ticket_key_evp_cb(&context, prepare);
    SSL_CTX_set_timeout(&context, std::chrono::seconds(TicketKeys::lifetime).count());
}

}  // namespace rotacast::net

#pragma once

// For tests: an issuer's key pair, made anew by OpenSSL for each test program, and tokens signed by
// the JOSE library with it.

#include "auth/jose.hpp"
#include "reflect/json.hpp"

#include <boost/json/object.hpp>
#include <cjose/cjose.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace rotacast::auth::testing {

inline std::string base64url(std::string_view bytes, bool padded = false) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    while (!padded && out.ends_with('=')) out.pop_back();
    return out;
}

/// `{"keys":[…]}`
template <class... Jwk>
std::string key_set_of(const Jwk&... keys) {
    std::string list;
    ((list += (list.empty() ? "" : ",") + std::string(keys)), ...);
    return "{\"keys\":[" + list + "]}";
}

class SigningKey {
  public:
    static SigningKey rsa(unsigned bits = 2048) {
        return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits}));
    }
    static SigningKey ec(const char* curve = "P-256") {
        return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
    }

    /// The public key; `more` are further members: `"kid":"a","use":"sig"`.
    std::string jwk(const std::string& more = "") const {
        return '{' + members_ + (more.empty() ? "" : ',' + more) + '}';
    }
    std::string private_jwk(const std::string& more = "") const {
        return jwk(private_members_ + (more.empty() ? "" : ',' + more));
    }

    /// Of the algorithm that `header` names; a JSON object of texts.
    std::string token(const std::string& header, std::string_view payload) const {
        cjose_err error;
        const auto whole = private_jwk();
        const JwkPtr key(cjose_jwk_import(whole.data(), whole.size(), &error));
        const std::unique_ptr<cjose_header_t, void (*)(cjose_header_t*)> members(
            cjose_header_new(&error), &cjose_header_release);
        const auto parsed = reflect::parse_json(header).value();
        for (const auto& [name, value] : parsed.get_object())
            cjose_header_set(
                members.get(), std::string(name).c_str(), value.get_string().c_str(), &error);
        const JwsPtr jws(cjose_jws_sign(key.get(),
                                        members.get(),
                                        reinterpret_cast<const std::uint8_t*>(payload.data()),
                                        payload.size(),
                                        &error));
        const char* text = nullptr;
        if (!jws || !cjose_jws_export(jws.get(), &text, &error))
            throw std::runtime_error("cannot sign");
        return text;
    }

    // What an attacker who knows the public key may try as a secret.
    std::string pem() const {
        const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), &BIO_free);
        PEM_write_bio_PUBKEY(out.get(), pair_.get());
        char* text = nullptr;
        const auto size = BIO_get_mem_data(out.get(), &text);
        return {text, static_cast<std::size_t>(size)};
    }
    std::string der() const {
        unsigned char* octets = nullptr;
        const int size = i2d_PUBKEY(pair_.get(), &octets);
        std::string out(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
        OPENSSL_free(octets);
        return out;
    }
    std::string modulus() const { return number(OSSL_PKEY_PARAM_RSA_N); }

  private:
    explicit SigningKey(EVP_PKEY* made) : pair_(made, &EVP_PKEY_free) {
        if (!made) throw std::runtime_error("cannot make a key");
        if (EVP_PKEY_is_a(made, "RSA"))
            describe_rsa();
        else
            describe_ec();
    }

    void describe_rsa() {
        members_ = R"("kty":"RSA",)" + member("n", OSSL_PKEY_PARAM_RSA_N) + ',' +
                   member("e", OSSL_PKEY_PARAM_RSA_E);
        private_members_ = member("d", OSSL_PKEY_PARAM_RSA_D) + ',' +
                           member("p", OSSL_PKEY_PARAM_RSA_FACTOR1) + ',' +
                           member("q", OSSL_PKEY_PARAM_RSA_FACTOR2) + ',' +
                           member("dp", OSSL_PKEY_PARAM_RSA_EXPONENT1) + ',' +
                           member("dq", OSSL_PKEY_PARAM_RSA_EXPONENT2) + ',' +
                           member("qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
    }

    void describe_ec() {
        const std::size_t octets =
            (static_cast<std::size_t>(EVP_PKEY_get_bits(pair_.get())) + 7) / 8;
        members_ = R"("kty":"EC","crv":"P-)" + std::to_string(EVP_PKEY_get_bits(pair_.get())) +
                   "\"," + member("x", OSSL_PKEY_PARAM_EC_PUB_X, octets) + ',' +
                   member("y", OSSL_PKEY_PARAM_EC_PUB_Y, octets);
        private_members_ = member("d", OSSL_PKEY_PARAM_PRIV_KEY, octets);
    }

    /// Big-endian, filled up with zeros to `octets`.
    std::string number(const char* parameter, std::size_t octets = 0) const {
        BIGNUM* read = nullptr;
        if (EVP_PKEY_get_bn_param(pair_.get(), parameter, &read) != 1)
            throw std::runtime_error("the key has no such part");
        const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> value(read, &BN_clear_free);
        std::string out(std::max(octets, static_cast<std::size_t>(BN_num_bytes(read))), '\0');
        BN_bn2binpad(
            read, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
        return out;
    }

    std::string member(const char* name, const char* parameter, std::size_t octets = 0) const {
        return '"' + std::string(name) + "\":\"" + base64url(number(parameter, octets)) + '"';
    }

    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> pair_;
    std::string members_;
    std::string private_members_;
};

}  // namespace rotacast::auth::testing

#include "auth/public_key.hpp"

#include "auth/base64url.hpp"
#include "base/json_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cjose/cjose.h>

#include <algorithm>
#include <array>
#include <bit>

namespace rotacast::auth {
namespace {

namespace json = boost::json;

Error refused(const char* reason) {
    return {ErrorCode::config_invalid, reason, ""};
}

/// nullptr if absent or not a string.
const json::string* text_member(const json::object& jwk, std::string_view name) {
    const auto* value = jwk.if_contains(name);
    return value ? value->if_string() : nullptr;
}

bool holds_private_parts(const json::object& jwk) {
    constexpr std::array<std::string_view, 8> parts{"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    return std::ranges::any_of(parts, [&](auto part) { return jwk.contains(part); });
}

/// RFC 7517 §4.2 and §4.3: absent members do not restrict.
bool is_for_verifying(const json::object& jwk) {
    if (const auto* use = jwk.if_contains("use"))
        if (!use->is_string() || use->get_string() != "sig") return false;
    const auto* operations = jwk.if_contains("key_ops");
    if (!operations) return true;
    const auto* list = operations->if_array();
    return list && std::ranges::any_of(*list, [](const json::value& operation) {
               return operation.is_string() && operation.get_string() == "verify";
           });
}

bool is_for(Algorithm algorithm, const json::object& jwk) {
    if (!jwk.contains("alg")) return true;
    const auto* named = text_member(jwk, "alg");
    return named && std::string_view(*named) == to_string(algorithm);
}

/// The octets of a positive number in base64url, without leading zeros; empty if invalid.
std::string number_in(const json::string& text) {
    auto octets = decode_base64url(text).value_or("");
    octets.erase(0, octets.find_first_not_of('\0'));
    return octets;
}

std::size_t bits_of(std::string_view number) {
    if (number.empty()) return 0;
    const auto first = static_cast<unsigned char>(number.front());
    return (number.size() - 1) * 8 + static_cast<std::size_t>(std::bit_width(first));
}

/// Built from these members only, so that no other part of the document reaches the library.
JwkPtr import_members(const json::object& jwk, std::initializer_list<const char*> names) {
    std::string text = "{";
    for (const auto* name : names) {
        if (text.size() > 1) text += ',';
        append_json_string(text, name);
        text += ':';
        append_json_string(text, *text_member(jwk, name));
    }
    text += '}';
    cjose_err error;
    return JwkPtr(cjose_jwk_import(text.data(), text.size(), &error));
}

Result<JwkPtr> read_rsa(const json::object& jwk) {
    const auto* modulus_text = text_member(jwk, "n");
    const auto* exponent_text = text_member(jwk, "e");
    if (!modulus_text || !exponent_text) return refused("is no whole RSA key");
    const auto modulus = number_in(*modulus_text);
    const auto exponent = number_in(*exponent_text);
    if (bits_of(modulus) < rsa_bits_min) return refused("is an RSA key below 2048 bits");
    if (bits_of(modulus) > rsa_bits_max) return refused("is an RSA key above 8192 bits");
    // With exponent 1 anybody could sign; OpenSSL supports at most 64 bits.
    if (bits_of(exponent) < 2 || bits_of(exponent) > 64 || (exponent.back() & 1) == 0)
        return refused("is an RSA key with an exponent that cannot be used");
    return import_members(jwk, {"kty", "n", "e"});
}

Result<JwkPtr> read_ec(const json::object& jwk) {
    const auto* curve = text_member(jwk, "crv");
    if (!curve || *curve != "P-256") return refused("is on another curve than P-256");
    for (const char* name : {"x", "y"}) {
        const auto* coordinate = text_member(jwk, name);
        // RFC 7518 §6.2.1.2: including leading zeros. No other size may reach the library.
        if (!coordinate || decode_base64url(*coordinate).value_or("").size() != 32)
            return refused("is no whole EC key");
    }
    return import_members(jwk, {"kty", "crv", "x", "y"});
}

Result<Algorithm> algorithm_of(const json::object& jwk) {
    const auto* type = text_member(jwk, "kty");
    if (!type) return refused("has no type `kty`");
    if (*type == "RSA") return Algorithm::rs256;
    if (*type == "EC") return Algorithm::es256;
    if (*type == "oct") return refused("is symmetric; a JWK Set must have public keys only");
    if (*type == "OKP") return refused("is for EdDSA, which is not supported; use ES256 or RS256");
    return refused("is of an unknown type");
}

}  // namespace

Result<PublicKey> read_public_key(const json::value& value) {
    const auto* jwk = value.if_object();
    if (!jwk) return refused("is no JSON object");
    const auto algorithm = algorithm_of(*jwk);
    if (!algorithm) return algorithm.error();
    if (holds_private_parts(*jwk))
        return refused("holds private parts; replace it and publish the public parts alone");
    if (!is_for_verifying(*jwk)) return refused("is not for verifying signatures");
    if (!is_for(*algorithm, *jwk)) return refused("is for another algorithm than RS256 and ES256");

    PublicKey key;
    key.algorithm = *algorithm;
    if (jwk->contains("kid")) {
        const auto* id = text_member(*jwk, "kid");
        if (!id) return refused("has a `kid` that is not text");
        key.id = std::string(*id);
    }
    auto imported = *algorithm == Algorithm::rs256 ? read_rsa(*jwk) : read_ec(*jwk);
    if (!imported) return imported.error();
    if (!*imported) return refused("is not a valid key");
    key.key = std::move(*imported);
    return key;
}

}  // namespace rotacast::auth

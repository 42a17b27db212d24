#include "auth/jws.hpp"

#include "auth/base64url.hpp"
#include "reflect/json.hpp"

#include <cjose/cjose.h>

namespace rotacast::auth {
namespace {

/// Checks that there are exactly three valid segments; returns the token without the padding of the
/// last one. Padding of the first two must stay, because it is signed.
std::optional<std::string_view> compact_form(std::string_view token) {
    if (token.size() > token_bytes_max) return std::nullopt;
    const auto first = token.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = token.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    if (!is_base64url(token.substr(0, first)) ||
        !is_base64url(token.substr(first + 1, second - first - 1)) ||
        !is_base64url(token.substr(second + 1)))
        return std::nullopt;
    return without_padding(token);
}

Error invalid(const char* message) {
    return {ErrorCode::token_invalid, message, ""};
}

/// The library cannot distinguish an absent member from one that is not a string, so the header is
/// parsed again here. Only `kid` and `crit` are taken from this; what determines how the signature
/// is checked is read from the library.
Result<std::optional<std::string>> key_id_in(std::string_view header_segment) {
    const auto parsed = reflect::parse_json(decode_base64url(header_segment).value_or(""));
    if (!parsed || !parsed->is_object()) return invalid("The token's header cannot be used.");
    const auto& header = parsed->get_object();
    // We support no extensions that must be understood (RFC 7515 §4.1.11).
    if (header.contains("crit"))
        return invalid("The token needs extensions that are not supported.");
    const auto* key_id = header.if_contains("kid");
    if (!key_id) return std::optional<std::string>();
    if (!key_id->is_string()) return invalid("The token's `kid` is not text.");
    return std::optional<std::string>(key_id->get_string());
}

/// Read from the same object that the library verifies.
std::optional<Algorithm> algorithm_of(cjose_jws_t* jws) {
    cjose_err error;
    const char* name = cjose_header_get(cjose_jws_get_protected(jws), CJOSE_HDR_ALG, &error);
    return name ? parse_algorithm(name) : std::nullopt;
}

}  // namespace

void JoseRelease::operator()(_cjose_jwk_int* key) const {
    cjose_jwk_release(key);
}

void JoseRelease::operator()(_cjose_jws_int* jws) const {
    cjose_jws_release(jws);
}

Result<Jws> Jws::read(std::string_view token) {
    const auto compact = compact_form(token);
    if (!compact) return invalid("Not a token in compact form.");
    cjose_err error;
    JwsPtr imported(cjose_jws_import(compact->data(), compact->size(), &error));
    if (!imported) return invalid("The token's header cannot be used.");

    auto key_id = key_id_in(compact->substr(0, compact->find('.')));
    if (!key_id) return key_id.error();
    const auto algorithm = algorithm_of(imported.get());
    if (!algorithm) return invalid("The token's algorithm is not allowed.");

    Jws jws(std::move(imported), *algorithm);
    jws.key_id_ = std::move(*key_id);
    jws.signature_bytes_ = (compact->size() - compact->rfind('.') - 1) * 3 / 4;
    return jws;
}

bool Jws::is_signed_by(const _cjose_jwk_int& key) {
    // RFC 7518 §3.4: two numbers of 32 octets. The library would split a signature of any length in
    // half.
    if (algorithm_ == Algorithm::es256 && signature_bytes_ != 64) return false;
    cjose_err error;
    return cjose_jws_verify(jws_.get(), &key, &error);
}

std::string_view Jws::payload() const {
    std::uint8_t* text = nullptr;
    std::size_t size = 0;
    cjose_err error;
    if (!cjose_jws_get_plaintext(jws_.get(), &text, &size, &error)) return {};
    return {reinterpret_cast<const char*>(text), size};
}

}  // namespace rotacast::auth

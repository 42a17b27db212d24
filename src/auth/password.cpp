#include "auth/password.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

namespace rotacast::auth {
namespace {

constexpr std::size_t hash_length = 60;

bool is_bcrypt(std::string_view hashed) {
    return hashed.size() == hash_length &&
           (hashed.starts_with("$2a$") || hashed.starts_with("$2b$") || hashed.starts_with("$2y$"));
}

std::string fresh_setting(int cost) {
    std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> out{};
    const char* setting = crypt_gensalt_rn(
        "$2b$", static_cast<unsigned long>(cost), nullptr, 0, out.data(), out.size());
    return setting ? setting : "";
}

/// Returns an empty string on failure. Wipes the scratch space, which held the password.
std::string run_bcrypt(std::string_view password, const std::string& setting) {
    const auto scratch = std::make_unique<crypt_data>();
    std::string terminated(password);
    const char* out = crypt_r(terminated.c_str(), setting.c_str(), scratch.get());
    // crypt(3) reports failure by nullptr or by text that starts with an asterisk.
    std::string result = out && *out == '$' ? out : "";
    OPENSSL_cleanse(terminated.data(), terminated.size());
    OPENSSL_cleanse(scratch.get(), sizeof(crypt_data));
    return result;
}

bool has_nul(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

Error refused(std::string message) {
    return {ErrorCode::invalid_field, std::move(message), ""};
}

}  // namespace

Passwords::Passwords(int cost)
    : cost_(std::clamp(cost, 4, 31)), dummy_setting_(fresh_setting(cost_)) {}

Result<std::string> Passwords::hash(std::string_view password) const {
    if (password.empty()) return refused("The password is empty.");
    if (password.size() > password_bytes_max)
        return refused("The password is longer than " + std::to_string(password_bytes_max) +
                       " bytes.");
    if (has_nul(password)) return refused("The password holds a NUL byte.");
    auto hashed = run_bcrypt(password, fresh_setting(cost_));
    if (!is_bcrypt(hashed)) return Error{ErrorCode::internal, "crypt(3) cannot do bcrypt.", ""};
    return hashed;
}

bool Passwords::verify(std::string_view password, std::string_view hashed) const {
    if (!is_bcrypt(hashed) || has_nul(password)) {
        verify_dummy(password);
        return false;
    }
    const auto computed = run_bcrypt(password, std::string(hashed));
    return computed.size() == hashed.size() &&
           CRYPTO_memcmp(computed.data(), hashed.data(), hashed.size()) == 0;
}

void Passwords::verify_dummy(std::string_view password) const {
    (void)run_bcrypt(password.substr(0, password_bytes_max), dummy_setting_);
}

}  // namespace rotacast::auth

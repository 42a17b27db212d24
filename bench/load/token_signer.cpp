#include "load/token_signer.hpp"

#include <time.h>

#include <array>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "load/fleet.hpp"
#include "load/report.hpp"

namespace rotacast::bench {

namespace {

std::string base64url(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    while (text.ends_with('=')) text.pop_back();
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

std::string hmac_sha256(const std::string& secret, const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(),
         secret.data(),
         static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()),
         text.size(),
         digest.data(),
         &size);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace

std::string TokenSigner::sign(const User& user, std::uint64_t expires_at) {
    const auto claims = JsonObject()
                            .add("sub", user.id.c_str())
                            .add("username", user.name.c_str())
                            .add("exp", expires_at)
                            .add("iat", unix_ns() / 1'000'000'000)
                            .add("jti", numbered_uuid('f', ++made_).c_str());
    const std::string text =
        base64url(R"({"alg":"HS256","typ":"JWT"})") + '.' + base64url(claims.text());
    return text + '.' + base64url(hmac_sha256(secret_, text));
}

std::uint64_t unix_ns() {
    timespec t{};
    clock_gettime(CLOCK_REALTIME, &t);
    return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(t.tv_nsec);
}

}  // namespace rotacast::bench

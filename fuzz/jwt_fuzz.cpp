// The token verifier against arbitrary text, and its claims against arbitrary JSON. The input is
// tried as a whole token; as a payload whose signature was good; and, up to the first line feed, as
// a header that names who knows what.
//
// Holds for every input: no crash, a refusal is token_invalid or token_expired, and a token is
// only good when its claims keep what is promised.

#include "auth/jwt.hpp"
#include "auth/jwt_claims.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace rotacast;
using namespace rotacast::auth;

const Timestamp noon{std::chrono::seconds(1'767'096'000)};

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const Result<Claims>& result) {
    if (result) {
        require(result->expires_at > noon);
        require(to_string(result->expires_at).size() == 24);
        return;
    }
    const auto code = result.error().code;
    require(code == ErrorCode::token_invalid || code == ErrorCode::token_expired);
}

std::string base64url(std::string_view text) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        bits = ((bits << 8) | static_cast<unsigned char>(c)) & 0xffffU;
        for (count += 8; count >= 6; count -= 6) out += digits[(bits >> (count - 6)) & 63U];
    }
    if (count > 0) out += digits[(bits << (6 - count)) & 63U];
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const TokenVerifier verifier("a secret for fuzzing");
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    check(verifier.verify(text, TokenType::access, noon));
    check(verifier.verify(text, TokenType::refresh, noon));
    check(read_claims(text, TokenType::access, noon));
    check(read_claims(text, TokenType::refresh, noon));

    const auto header = text.substr(0, text.find('\n'));
    // No input can hold a signature by our secret, so whatever the header says, it is refused.
    const auto forged = base64url(header) + '.' + base64url(text) + '.' + base64url(header);
    const auto result = verifier.verify(forged, TokenType::access, noon);
    require(!result && result.error().code == ErrorCode::token_invalid);
    return 0;
}

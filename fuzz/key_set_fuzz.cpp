// The key set parser with arbitrary text: as a whole document, and as one key in a document.
//
// Holds for every input: no crash; a set stays within its bounds; its keys do not verify a forged
// token.

#include "auth/jwt.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace rotacast;
using namespace rotacast::auth;

const Timestamp noon{std::chrono::seconds(1'767'096'000)};

// {"alg":"RS256"} and {"alg":"ES256"}, each with the payload {} and a signature of zeros.
const std::string rs256_token = "eyJhbGciOiJSUzI1NiJ9.e30." + std::string(342, 'A');
const std::string es256_token = "eyJhbGciOiJFUzI1NiJ9.e30." + std::string(86, 'A');

void require(bool holds) {
    if (!holds) std::abort();
}

void check(std::string_view document) {
    auto set = KeySet::parse(document);
    if (!set) {
        require(set.error().code == ErrorCode::config_invalid);
        return;
    }
    require(set->size() + set->skipped().size() <= KeySet::keys_max);
    TokenRules rules;
    rules.algorithms = {Algorithm::rs256, Algorithm::es256};
    TokenVerifier verifier("", rules);
    verifier.replace_keys(std::make_shared<const KeySet>(std::move(*set)));
    for (const auto& token : {rs256_token, es256_token}) {
        const auto result = verifier.verify(token, TokenType::access, noon);
        require(!result && result.error().code == ErrorCode::token_invalid);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(text);
    check("{\"keys\":[" + std::string(text) + "]}");
    return 0;
}

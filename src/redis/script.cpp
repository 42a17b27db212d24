#include "redis/script.hpp"

#include "base/hex.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <utility>

namespace rotacast::redis {
namespace {

std::string sha1_of(std::string_view text) {
    std::array<std::uint8_t, 20> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
        throw std::runtime_error("OpenSSL has no SHA-1");
    return to_hex(digest);
}

Command call(std::string_view how,
             const std::string& script,
             const std::vector<std::string>& keys,
             const std::vector<std::string>& arguments) {
    Command command(how, script, keys.size());
    for (const auto& key : keys) command.add(key);
    for (const auto& argument : arguments) command.add(argument);
    return command;
}

}  // namespace

Script::Script(std::string source) : source_(std::move(source)), digest_(sha1_of(source_)) {}

Command Script::load() const {
    return Command("SCRIPT", "LOAD", source_);
}

Command Script::by_digest(const std::vector<std::string>& keys,
                          const std::vector<std::string>& arguments) const {
    return call("EVALSHA", digest_, keys, arguments);
}

Command Script::by_source(const std::vector<std::string>& keys,
                          const std::vector<std::string>& arguments) const {
    return call("EVAL", source_, keys, arguments);
}

asio::awaitable<Result<Reply>> run(ConnectionPtr connection,
                                   ScriptPtr script,
                                   std::vector<std::string> keys,
                                   std::vector<std::string> arguments) {
    auto by_digest = script->by_digest(keys, arguments);
    auto reply = co_await connection->command(std::move(by_digest));
    const auto* error = reply ? reply->error() : nullptr;
    if (!error || error->code() != "NOSCRIPT") co_return reply;
    auto by_source = script->by_source(keys, arguments);
    co_return co_await connection->command(std::move(by_source));
}

}  // namespace rotacast::redis

#pragma once

// A Lua script that runs within Redis. It is sent once and then named by its digest.

#include "redis/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rotacast::redis {

/// Immutable; any thread.
class Script {
  public:
    explicit Script(std::string source);

    const std::string& source() const { return source_; }
    /// SHA-1 in lower-case hexadecimal digits.
    const std::string& digest() const { return digest_; }

    /// SCRIPT LOAD. Redis keeps it until it restarts, is told SCRIPT FLUSH, or a replica takes
    /// over.
    Command load() const;
    Command by_digest(const std::vector<std::string>& keys,
                      const std::vector<std::string>& arguments) const;
    Command by_source(const std::vector<std::string>& keys,
                      const std::vector<std::string>& arguments) const;

  private:
    std::string source_;
    std::string digest_;
};

using ScriptPtr = std::shared_ptr<const Script>;

/// Runs it by its digest, or by its source if Redis has forgotten it. If it has, scripts that were
/// sent at the same time may run in another order; where the order matters, send load() on every
/// new connection first, and do not send the next before the last is answered.
asio::awaitable<Result<Reply>> run(ConnectionPtr connection,
                                   ScriptPtr script,
                                   std::vector<std::string> keys,
                                   std::vector<std::string> arguments);

}  // namespace rotacast::redis

#pragma once

// Bytes of a Redis server in, replies out. The protocol, RESP2, is parsed by the reader of hiredis
// 0.14, whose arrays nest at most seven deep.

#include "config/redis.hpp"
#include "redis/refusal.hpp"
#include "redis/reply.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

struct redisReader;

namespace rotacast::redis {

struct ReplyLimits {
    /// Of one reply, as it is sent. A longer one is refused when it is announced.
    std::size_t bytes_max = config::Redis{}.answer_bytes_max;
    /// Texts, numbers and arrays in one reply, which take more memory than bytes on the wire.
    std::size_t elements_max = 1'000'000;
};

/// Incremental: keeps the begin of a reply whose rest has not come. Not thread-safe. Memory: at
/// most ReplyLimits::bytes_max twice, and the values.
class ReplyReader {
  public:
    explicit ReplyReader(ReplyLimits limits = {});
    ~ReplyReader();
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    /// Calls `take` for each reply that is complete now, in order; it must not call the reader.
    /// After a refusal, `not_redis` or `reply_too_large`, the reader reads no more and refuses
    /// again: nobody knows where the next reply begins.
    std::optional<Refusal> read(std::string_view bytes, const std::function<void(Reply)>& take);

    /// Of the reply that is not complete.
    std::size_t buffered_bytes() const;

    /// The state of the reply being read; not for users.
    struct Building {
        std::size_t elements = 0;
        std::size_t elements_max = 0;
        bool is_too_large = false;
    };

  private:
    std::optional<Refusal> read_piece(std::string_view piece,
                                      const std::function<void(Reply)>& take);
    std::optional<Refusal> check_unfinished() const;
    /// Of the current reply, up to where hiredis has parsed.
    std::uint64_t parsed_bytes() const { return fed_ - buffered_bytes() - begun_; }
    Refusal too_large() const;

    ReplyLimits limits_;
    Building building_;
    std::unique_ptr<redisReader, void (*)(redisReader*)> reader_;
    std::optional<Refusal> refusal_;
    std::uint64_t fed_ = 0;    // bytes, since the beginning
    std::uint64_t begun_ = 0;  // where the current reply began, in these
};

}  // namespace rotacast::redis

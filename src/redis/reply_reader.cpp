#include "redis/reply_reader.hpp"

#include <hiredis/read.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <new>
#include <string>
#include <utility>

namespace rotacast::redis {
namespace {

/// hiredis moves the rest of its buffer after each reply, so that many small replies in one large
/// piece would take time quadratic in its size.
constexpr std::size_t piece_bytes = 16 * 1024;

/// hiredis looks for the end of a line from its begin each time.
constexpr std::size_t line_bytes_max = 64 * 1024;

/// Enough for any 64-bit length and its end.
constexpr std::size_t length_line_bytes_max = 24;

/// An array's announced length reserves no more than this; the rest has to come first.
constexpr std::size_t reserved_max = 1024;

/// Puts a value where it belongs: a new root, or the next element of its array. The address stays
/// valid while hiredis needs it: an array does not grow while one of its elements is being read.
/// nullptr makes hiredis fail; it is C, so no exception may pass.
void* place(const redisReadTask* task, Reply value) noexcept {
    auto& building = *static_cast<ReplyReader::Building*>(task->privdata);
    if (++building.elements > building.elements_max) building.is_too_large = true;
    if (building.is_too_large) return nullptr;
    try {
        if (!task->parent) return new Reply(std::move(value));
        auto& siblings = std::get<Array>(static_cast<Reply*>(task->parent->obj)->value);
        siblings.push_back(std::move(value));
        return &siblings.back();
    } catch (...) {
        return nullptr;
    }
}

void* place_text(const redisReadTask* task, char* text, std::size_t size) noexcept {
    auto& building = *static_cast<ReplyReader::Building*>(task->privdata);
    if (task->type != REDIS_REPLY_STRING && size > line_bytes_max) building.is_too_large = true;
    try {
        std::string copy(text, size);
        if (task->type == REDIS_REPLY_ERROR) return place(task, {ErrorReply{std::move(copy)}});
        return place(task, {std::move(copy)});
    } catch (...) {
        return nullptr;
    }
}

void* place_array(const redisReadTask* task, int elements) noexcept {
    auto& building = *static_cast<ReplyReader::Building*>(task->privdata);
    const auto announced = static_cast<std::size_t>(elements);
    if (announced > building.elements_max) building.is_too_large = true;
    try {
        Array array;
        array.reserve(std::min(announced, reserved_max));
        return place(task, {std::move(array)});
    } catch (...) {
        return nullptr;
    }
}

void* place_integer(const redisReadTask* task, long long number) noexcept {
    return place(task, {std::int64_t{number}});
}

void* place_nil(const redisReadTask* task) noexcept {
    return place(task, {Nil{}});
}

/// Called with roots only.
void free_root(void* reply) noexcept {
    delete static_cast<Reply*>(reply);
}

redisReplyObjectFunctions functions{
    &place_text, &place_array, &place_integer, &place_nil, &free_root};

Refusal no_resp(const std::string& what) {
    return refusal(RefusalKind::not_redis, what);
}

}  // namespace

ReplyReader::ReplyReader(ReplyLimits limits)
    : limits_(limits),
      building_{0, limits.elements_max, false},
      reader_(redisReaderCreateWithFunctions(&functions), &redisReaderFree) {
    if (!reader_) throw std::bad_alloc();
    reader_->privdata = &building_;
}

ReplyReader::~ReplyReader() = default;

std::size_t ReplyReader::buffered_bytes() const {
    return reader_->len - reader_->pos;
}

std::optional<Refusal> ReplyReader::read(std::string_view bytes,
                                         const std::function<void(Reply)>& take) {
    while (!bytes.empty() && !refusal_) {
        refusal_ = read_piece(bytes.substr(0, piece_bytes), take);
        bytes.remove_prefix(std::min(piece_bytes, bytes.size()));
    }
    return refusal_;
}

std::optional<Refusal> ReplyReader::read_piece(std::string_view piece,
                                               const std::function<void(Reply)>& take) {
    if (redisReaderFeed(reader_.get(), piece.data(), piece.size()) != REDIS_OK)
        return no_resp(reader_->errstr);
    fed_ += piece.size();
    for (;;) {
        void* root = nullptr;
        const bool is_good = redisReaderGetReply(reader_.get(), &root) == REDIS_OK;
        if (building_.is_too_large) return too_large();
        if (!is_good) return no_resp(reader_->errstr);
        if (!root) return check_unfinished();
        const std::unique_ptr<Reply> reply(static_cast<Reply*>(root));
        if (parsed_bytes() > limits_.bytes_max) return too_large();
        begun_ += parsed_bytes();
        building_.elements = 0;
        take(std::move(*reply));
    }
}

/// All buffered bytes belong to one reply, whose end has not come.
std::optional<Refusal> ReplyReader::check_unfinished() const {
    if (fed_ - begun_ > limits_.bytes_max) return too_large();
    if (reader_->ridx < 0) return std::nullopt;
    const std::string_view rest(reader_->buf + reader_->pos, buffered_bytes());
    if (reader_->rstack[reader_->ridx].type != REDIS_REPLY_STRING) {
        if (rest.size() > line_bytes_max + 1) return too_large();  // with a carriage return
        return std::nullopt;
    }
    // The length of a text, behind the `$`. hiredis would wait for the whole text.
    const auto line = rest.substr(0, rest.substr(0, length_line_bytes_max).find("\r\n"));
    if (line.size() > length_line_bytes_max) return no_resp("Bad bulk string length");
    std::uint64_t length = 0;
    std::from_chars(line.data(), line.data() + line.size(), length);
    if (line.size() < rest.size() && length > limits_.bytes_max) return too_large();
    return std::nullopt;
}

Refusal ReplyReader::too_large() const {
    return refusal(RefusalKind::reply_too_large,
                   "at most " + std::to_string(limits_.bytes_max) + " bytes and " +
                       std::to_string(limits_.elements_max) + " elements are read");
}

}  // namespace rotacast::redis

#include "redis/reply.hpp"

#include <array>

namespace rotacast::redis {

std::string_view ErrorReply::code() const {
    const std::string_view all(text);
    return all.substr(0, all.find(' '));
}

std::string_view kind_of(const Reply& reply) {
    constexpr std::array<std::string_view, 5> kinds{
        "nothing", "a text", "a number", "an array", "an error"};
    return kinds[reply.value.index()];
}

}  // namespace rotacast::redis

#include "webhooks/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <string>
#include <system_error>

namespace rotacast::webhooks {
namespace {

using std::chrono::seconds;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::optional<Timestamp> parse_http_date(const std::string& text) {
    // IMF-fixdate, RFC 850 and asctime.
    for (const char* form :
         {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
        std::tm parts{};
        const char* end = ::strptime(text.c_str(), form, &parts);
        if (end && *end == '\0') return Timestamp(seconds(::timegm(&parts)));
    }
    return std::nullopt;
}

}  // namespace

std::optional<seconds> parse_retry_after(std::string_view text, Timestamp now) {
    if (text.empty()) return std::nullopt;
    if (std::ranges::all_of(text, is_digit)) {
        std::int64_t count = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
        if (read.ec == std::errc::result_out_of_range) return retry_after_max;
        return std::min(seconds(count), retry_after_max);
    }
    const auto date = parse_http_date(std::string(text));
    if (!date) return std::nullopt;
    return std::clamp(std::chrono::ceil<seconds>(*date - now), seconds(0), retry_after_max);
}

}  // namespace rotacast::webhooks

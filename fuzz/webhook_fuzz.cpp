// What an admin hands in as a webhook, and what a receiver is sent as a signature.
//
// Holds for every input: no crash; what is accepted makes a webhook whose filter can be used, and
// what is refused says why; nobody signs without the secret.

#include "webhooks/signature.hpp"
#include "webhooks/webhook.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace rotacast;
using namespace rotacast::webhooks;

const Timestamp noon{std::chrono::seconds(1'767'096'000)};

void require(bool holds) {
    if (!holds) std::abort();
}

void check_webhook(std::string_view text) {
    const auto document = reflect::parse_json(text);
    if (!document) return;
    auto input = read_webhook(*document);
    if (!input) {
        require(!input.error().message.empty());
        return;
    }
    const auto stored = make_webhook(std::move(*input), "key:fuzz", noon);
    require(stored.has_value());
    require(stored->secrets.current.size() >= 16);
    const auto filter = filter_of(stored->webhook);
    require(filter.has_value());
    (void)filter->matches(events::wrap(events::ScheduleArchived{"s1", "somebody", "because"}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_webhook(text);
    require(!verify(text, "{}", "a secret that nobody knows", noon));
    return 0;
}

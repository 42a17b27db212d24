// Webhook definitions and changes from an admin, the signature header that a receiver gets, and the
// `Retry-After` and the secret in an unexpected form.
//
// Holds for every input: no crash; an accepted definition gives a webhook with a usable filter; an
// error has a message; changes do not alter the name; no signature verifies that was made without
// the secret; nobody makes us wait for more than an hour; every secret gives a key.

#include "webhooks/retry_after.hpp"
#include "webhooks/secret.hpp"
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

void check_changes(std::string_view text) {
    const auto document = reflect::parse_json(text);
    if (!document) return;
    Webhook present;
    present.name = "pager";
    present.url = "https://pager.example/hook";
    const auto changed = read_changes(present, *document);
    if (!changed) return require(!changed.error().message.empty());
    require(changed->name == "pager" && !changed->from);
    require(Filter::make(changed->types, changed->filter).has_value());
    const auto rotation = read_rotation(*document);
    require(!rotation || !*rotation || (*rotation)->size() >= 16);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_webhook(text);
    check_changes(text);
    require(!verify(text, "{}", "a secret that nobody knows", noon));
    const auto wait = parse_retry_after(text, noon);
    require(!wait || (wait->count() >= 0 && *wait <= retry_after_max));
    require(text.empty() || !standard_key_of(text).empty());
    return 0;
}

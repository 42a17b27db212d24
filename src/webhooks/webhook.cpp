#include "webhooks/webhook.hpp"

#include "http/url.hpp"
#include "reflect/decode.hpp"
#include "reflect/encode.hpp"
#include "reflect/naming.hpp"
#include "webhooks/secret.hpp"

#include <algorithm>
#include <utility>

namespace rotacast::webhooks {
namespace {

constexpr std::size_t name_length_max = 64;
constexpr std::size_t url_length_max = 2'048;
constexpr std::size_t secret_length_min = 16;
constexpr std::size_t secret_length_max = 256;
constexpr std::int64_t timeout_ms_min = 100;
constexpr std::int64_t timeout_ms_max = 60'000;

Error refused(std::string message, std::string path) {
    return {ErrorCode::invalid_field, std::move(message), std::move(path)};
}

bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// The name becomes part of a subscriber's name, a header and a path.
bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= name_length_max && is_name_start(name.front()) &&
           std::ranges::all_of(
               name, [](char c) { return is_name_start(c) || c == '.' || c == '_' || c == '-'; });
}

Result<void> check_url(const std::string& url) {
    if (url.size() > url_length_max)
        return refused("At most " + std::to_string(url_length_max) + " bytes.", "/url");
    const auto parsed = http::parse_url(url);
    if (!parsed) return refused("It " + std::string(http::url_form) + '.', "/url");
    // URLs are shown to operators in full, so they must not contain passwords.
    if (!parsed->authorization.empty() || url.find('@') < url.find('/', url.find("//") + 2))
        return refused("It takes no user and no password.", "/url");
    if (url.find('#') != std::string::npos) return refused("It takes no fragment.", "/url");
    return {};
}

Result<void> check_secret(const std::optional<std::string>& secret) {
    if (!secret || (secret->size() >= secret_length_min && secret->size() <= secret_length_max))
        return {};
    return refused("16 to 256 bytes.", "/secret");
}

Result<void> check(const WebhookInput& input) {
    if (!is_name(input.name))
        return refused("1 to 64 of a-z 0-9 . _ -, a letter or digit first.", "/name");
    if (auto good = check_url(input.url); !good) return good;
    if (auto filter = Filter::make(input.types, input.filter); !filter) return filter.error();
    if (input.timeout_ms < timeout_ms_min || input.timeout_ms > timeout_ms_max)
        return refused("100 to 60000 milliseconds.", "/timeout_ms");
    if (!parse_format(input.format))
        return refused("rotacast, cloudevents-structured or cloudevents-binary.", "/format");
    return check_secret(input.secret);
}

/// Leaves `from` and `secret` unset.
WebhookInput input_of(const Webhook& webhook) {
    WebhookInput input;
    input.name = webhook.name;
    input.url = webhook.url;
    input.types = webhook.types;
    input.filter = webhook.filter;
    input.active = webhook.active;
    input.timeout_ms = webhook.timeout_ms;
    input.format = webhook.format;
    return input;
}

template <class T>
Result<T> decode_strictly(const json::value& value) {
    reflect::Decoder decoder;
    T input;
    if (!decoder.decode(input, value)) return *decoder.error();
    if (!decoder.ignored().empty())
        return refused("There is no such setting.", decoder.ignored().front());
    return input;
}

}  // namespace

std::vector<std::string> Secrets::at(Timestamp time) const {
    std::vector<std::string> usable{current};
    if (previous && time < previous_until) usable.push_back(*previous);
    return usable;
}

Result<WebhookInput> read_webhook(const json::value& value) {
    auto input = decode_strictly<WebhookInput>(value);
    if (!input) return input.error();
    if (auto good = check(*input); !good) return good.error();
    return input;
}

Result<std::optional<std::string>> read_rotation(const json::value& value) {
    auto input = decode_strictly<RotationInput>(value);
    if (!input) return input.error();
    if (auto good = check_secret(input->secret); !good) return good.error();
    return std::move(input->secret);
}

Result<WebhookInput> read_changes(const Webhook& present, const json::value& changes) {
    const auto* given = changes.if_object();
    if (!given) return refused("An object is expected.", "");
    for (const std::string_view fixed : {"name", "from"})
        if (given->contains(fixed))
            return refused("It stays as it was made.", '/' + std::string(fixed));
    std::string text;
    reflect::encode(text, input_of(present), {});
    auto whole = reflect::parse_json(text);
    if (!whole) return whole.error();
    auto& members = whole->as_object();
    reflect::for_each_member<WebhookInput>([&](const auto& member) {
        // A change may use either spelling of a member.
        if (given->contains(reflect::to_camel(member.name))) members.erase(member.name);
    });
    for (const auto& [key, value] : *given) members[key] = value;
    return read_webhook(*whole);
}

Result<StoredWebhook> make_webhook(WebhookInput input, std::string created_by, Timestamp time) {
    StoredWebhook stored;
    if (auto done = rotate(stored.secrets, std::exchange(input.secret, std::nullopt), time); !done)
        return done.error();
    stored.webhook.name = input.name;
    stored.webhook.created_by = std::move(created_by);
    stored.webhook.created_at = time;
    change(stored, std::move(input), time);
    return stored;
}

void change(StoredWebhook& stored, WebhookInput input, Timestamp time) {
    auto& webhook = stored.webhook;
    webhook.url = std::move(input.url);
    webhook.types = std::move(input.types);
    webhook.filter = std::move(input.filter);
    webhook.active = input.active;
    webhook.timeout_ms = input.timeout_ms;
    webhook.format = std::move(input.format);
    webhook.updated_at = time;
    if (input.secret) (void)rotate(stored.secrets, std::move(input.secret), time);
}

Result<void> rotate(Secrets& secrets, std::optional<std::string> next, Timestamp time) {
    if (!next) {
        auto made = random_secret();
        if (!made) return made.error();
        next = std::move(*made);
    }
    if (*next == secrets.current) return {};
    if (!secrets.current.empty()) {
        secrets.previous = std::move(secrets.current);
        secrets.previous_until = time + secret_overlap;
    }
    secrets.current = std::move(*next);
    return {};
}

Result<Filter> filter_of(const Webhook& webhook) {
    return Filter::make(webhook.types, webhook.filter);
}

Format format_of(const Webhook& webhook) {
    return parse_format(webhook.format).value_or(Format::rotacast);
}

}  // namespace rotacast::webhooks

// The operators' actions on webhooks.

#include "webhooks/wait_for_result.hpp"
#include "webhooks/webhooks.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace rotacast::webhooks {
namespace {

/// Names, without values, of the members that differ; for the audit.
std::string changes_in_words(const StoredWebhook& before, const StoredWebhook& now) {
    std::string words;
    const auto add = [&](std::string_view name, bool changed) {
        if (changed) words.append(words.empty() ? "" : ", ").append(name);
    };
    add("url", before.webhook.url != now.webhook.url);
    add("types", before.webhook.types != now.webhook.types);
    add("filter", before.webhook.filter != now.webhook.filter);
    add("active", before.webhook.active != now.webhook.active);
    add("timeout_ms", before.webhook.timeout_ms != now.webhook.timeout_ms);
    add("format", before.webhook.format != now.webhook.format);
    add("secret", before.secrets.current != now.secrets.current);
    return words;
}

TestResult result_of(const SendResult& sent) {
    TestResult result;
    result.delivered = sent.outcome == DeliveryOutcome::done;
    result.status = sent.status;
    result.error = sent.error;
    result.message = sent.message;
    if (sent.retry_after) result.retry_after_s = sent.retry_after->count();
    result.took_ms = sent.took.count();
    return result;
}

}  // namespace

Result<StoredWebhook> Webhooks::add(WebhookInput input, const std::string& who) {
    const std::scoped_lock lock(mutex_);
    if (auto free = check_room(input.name); !free) return free.error();
    if (auto good = check_address(input.url); !good) return good.error();
    auto begin = begin_of(input.from);
    if (!begin) return begin.error();
    auto made = make_webhook(std::move(input), who, now());
    if (!made) return made.error();
    made->webhook.begins_after = std::move(*begin);
    const auto& name = made->webhook.name;
    if (auto done = forget(subscriber_name(name), who); !done) return done.error();
    if (auto done = audit("webhook_add", name, "", who); !done) return done.error();
    if (auto done = store_->add(*made); !done) return done.error();
    if (made->webhook.active)
        if (auto done = subscribe(*made); !done) return done.error();
    return made;
}

Result<Webhook> Webhooks::change(const std::string& name,
                                 const json::value& changes,
                                 const std::string& who) {
    const std::scoped_lock lock(mutex_);
    const auto before = stored(name);
    if (!before) return before.error();
    auto input = read_changes(before->webhook, changes);
    if (!input) return input.error();
    // A webhook whose address is no longer allowed can still be deactivated.
    if (input->url != before->webhook.url)
        if (auto good = check_address(input->url); !good) return good.error();
    auto next = *before;
    webhooks::change(next, std::move(*input), now());
    if (auto done = audit("webhook_change", name, changes_in_words(*before, next), who); !done)
        return done.error();
    if (auto done = replace(next); !done) return done.error();
    return next.webhook;
}

Result<StoredWebhook> Webhooks::rotate(const std::string& name,
                                       std::optional<std::string> secret,
                                       const std::string& who) {
    const std::scoped_lock lock(mutex_);
    auto next = stored(name);
    if (!next) return next.error();
    if (auto done = webhooks::rotate(next->secrets, std::move(secret), now()); !done)
        return done.error();
    next->webhook.updated_at = now();
    if (auto done = audit("webhook_rotate", name, "", who); !done) return done.error();
    if (auto done = replace(*next); !done) return done.error();
    return next;
}

Result<void> Webhooks::remove(const std::string& name, const std::string& who) {
    const std::scoped_lock lock(mutex_);
    if (const auto present = stored(name); !present) return present.error();
    if (auto done = audit("webhook_remove", name, "", who); !done) return done;
    if (auto done = store_->remove(name); !done) return done;
    if (const auto found = subscribed_.find(name); found != subscribed_.end())
        found->second.removed.request_stop();
    unsubscribe(name);
    return forget(subscriber_name(name), who);
}

void Webhooks::test(const std::string& name,
                    const std::string& who,
                    std::function<void(Result<TestResult>)> done) {
    const std::scoped_lock lock(mutex_);
    auto tested = stored(name);
    if (!tested) return done(tested.error());
    if (closing_.stop_requested())
        return done(Error{ErrorCode::unavailable, "The server is shutting down.", ""});
    if (tests_ >= tests_max)
        return done(Error{ErrorCode::rate_limited, "Other tests of webhooks still run.", ""});
    if (auto noted = audit("webhook_test", name, "", who); !noted) return done(noted.error());
    ++tests_;
    boost::asio::post(test_threads_, [this, tested = std::move(*tested), done = std::move(done)] {
        const auto& source = options_.delivery.source;
        const auto sent =
            sender_->send(tested, ping_of(tested.webhook, now(), source), closing_.get_token());
        --tests_;
        done(result_of(sent));
    });
}

/// The same checks as the store's, but before the audit row is written.
Result<void> Webhooks::check_room(const std::string& name) {
    const auto all = store_->list();
    if (!all) return all.error();
    for (const auto& present : *all)
        if (present.webhook.name == name)
            return Error{ErrorCode::conflict, "There is a webhook of this name already.", "/name"};
    if (all->size() < SqliteWebhooks::webhooks_max) return {};
    return Error{
        ErrorCode::conflict,
        "There are " + std::to_string(all->size()) + " webhooks already; remove one first.",
        ""};
}

/// Always a cursor: a webhook's start must not move if the process ends before its subscriber
/// exists.
Result<std::string> Webhooks::begin_of(const std::optional<std::string>& from) const {
    const auto state = journal_.state();
    const auto text_of = [&](bus::Offset offset) {
        return to_string(bus::Cursor{state.epoch, {offset}});
    };
    if (!from || *from == "now") return text_of(state.last);
    if (*from == "beginning") return text_of(state.first - 1);
    const auto cursor = bus::Cursor::parse(*from);
    if (!cursor) return Error{ErrorCode::cursor_invalid, "", "/from"};
    if (cursor->epoch != state.epoch)
        return Error{ErrorCode::cursor_invalid, "The cursor is of another journal.", "/from"};
    return text_of(cursor->position.whole_entries());
}

/// Refuses URLs that contain a forbidden IP address. Host names may resolve differently later, so
/// each request checks their addresses.
Result<void> Webhooks::check_address(const std::string& url) const {
    const auto parsed = http::parse_url(url);
    if (!parsed || !options_.sender.allows) return {};
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(parsed->host, error);
    if (error || options_.sender.allows(address)) return {};
    return Error{ErrorCode::invalid_field,
                 "This address is not public; `webhooks.allow_addresses` of the configuration "
                 "names others that may be called.",
                 "/url"};
}

}  // namespace rotacast::webhooks

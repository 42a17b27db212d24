// Mutations for admins and coordinators; each does the same as the HTTP route of the same name.

#include "execution/bus_answers.hpp"
#include "execution/resolvers.hpp"
#include "graphql/answers.hpp"
#include "graphql/arguments.hpp"
#include "graphql/to_data.hpp"

#include <utility>

namespace rotacast::execution {
namespace {

constexpr std::size_t idempotency_key_length_max = 255;
constexpr std::size_t reason_bytes_max = 1000;

Error invalid(std::string message, std::string path) {
    return {ErrorCode::invalid_field, std::move(message), std::move(path)};
}

// An empty selection would select everything, so it is refused.
Result<bus::DeadLetterFilter> filter_of(const graphql::DeadLetterSelection& selection) {
    const bool selects = selection.id || selection.subscriber || selection.event_type ||
                         selection.error || selection.event_id;
    if (selection.all && selects)
        return invalid("`all` cannot be combined with other members.", "/selection/all");
    if (!selection.all && !selects)
        return invalid("Select by id, subscriber, eventType, error or eventId, or say all: true.",
                       "/selection");
    bus::DeadLetterFilter filter;
    if (selection.id) {
        filter.id = whole_number(*selection.id);
        if (!filter.id) return invalid("Takes an id as it was received.", "/selection/id");
    }
    filter.subscriber = selection.subscriber;
    filter.event_type = selection.event_type;
    filter.error_name = selection.error;
    filter.event_id = selection.event_id;
    return filter;
}

/// Publishes and waits for the commit.
net::asio::awaitable<Result<bus::Receipts>> stored(bus::Bus& bus, bus::PublishRequest&& request) {
    auto shared = std::make_shared<bus::PublishRequest>(std::move(request));
    return net::resumed_by<Result<bus::Receipts>>([&bus, shared](auto resume) {
        bus.publish(std::move(*shared),
                    [resume](Result<bus::Receipts> r) { resume(std::move(r)); });
    });
}

}  // namespace

Resolved mutate_publish(Asker& asker, const graphql::RootField& field) {
    if (!auth::may_publish(asker.principal.role))
        co_return Error{
            ErrorCode::forbidden, "Events are published by admins and coordinators.", ""};
    auto arguments = arguments_of<graphql::PublishArguments>(field);
    if (!arguments) co_return arguments.error();
    const auto& key = arguments->idempotency_key;
    if (key && (key->empty() || key->size() > idempotency_key_length_max))
        co_return invalid("Takes 1 to 255 bytes.", "/idempotencyKey");
    const graphql::json::value event(std::move(arguments->event));
    auto decoded = events::decode_envelope(event, "/event");
    if (!decoded) co_return decoded.error();

    graphql::Published answer;
    answer.ignored = std::move(decoded->ignored);
    bus::PublishRequest request;
    request.origin.publisher = asker.name();
    request.origin.user_id = to_string(asker.principal.user_id);
    request.idempotency_key = key;
    if (key) request.content_digest = reflect::to_json_text(event);
    if (decoded->expected_version)
        request.version_claims.push_back({0, std::move(*decoded->expected_version)});
    request.envelopes.push_back(std::move(decoded->envelope));
    const auto receipts = co_await stored(asker.environment.bus, std::move(request));
    if (!receipts) co_return receipts.error();
    asker.environment.unseen_events.count(asker.name(), *receipts);
    const auto& receipt = receipts->front();
    answer.event_id = receipt.event_id;
    answer.cursor = to_string(bus::Cursor{receipt.epoch, {receipt.offset}});
    answer.duplicate = receipt.duplicate;
    answer.missing_for_screens = receipt.unseen;
    co_return graphql::to_data(answer);
}

Resolved mutate_replay_dead_letters(Asker& asker, const graphql::RootField& field) {
    if (const auto good = check_operator(asker); !good) co_return good.error();
    const auto arguments = arguments_of<graphql::ReplayDeadLettersArguments>(field);
    if (!arguments) co_return arguments.error();
    const auto filter = filter_of(arguments->selection);
    if (!filter) co_return filter.error();
    auto ask = [&asker, &filter](auto resume) {
        asker.environment.bus_admin.replay(*filter, asker.name(), std::move(resume));
    };
    const auto replay = co_await await_result<bus::Replay>(std::move(ask));
    if (!replay) co_return replay.error();
    co_return graphql::to_data(shown(*replay));
}

Resolved mutate_discard_dead_letters(Asker& asker, const graphql::RootField& field) {
    if (const auto good = check_operator(asker); !good) co_return good.error();
    const auto arguments = arguments_of<graphql::DiscardDeadLettersArguments>(field);
    if (!arguments) co_return arguments.error();
    const auto& reason = arguments->reason;
    if (reason.empty() || reason.size() > reason_bytes_max)
        co_return invalid("Takes 1 to " + std::to_string(reason_bytes_max) + " bytes.", "/reason");
    const auto filter = filter_of(arguments->selection);
    if (!filter) co_return filter.error();
    auto ask = [&asker, &filter, &reason](auto resume) {
        asker.environment.bus_admin.discard(*filter, reason, asker.name(), std::move(resume));
    };
    const auto count = co_await await_result<std::int64_t>(std::move(ask));
    if (!count) co_return count.error();
    co_return graphql::to_data(graphql::Discarded{{*count}});
}

}  // namespace rotacast::execution

// The bus for its operators: statistics, dead letters, the handler log, replays.

#include "execution/bus_answers.hpp"
#include "execution/resolvers.hpp"
#include "graphql/answers.hpp"
#include "graphql/arguments.hpp"
#include "graphql/to_data.hpp"

#include <limits>

namespace rotacast::execution {
namespace {

Result<std::int64_t> id_of(const graphql::Key& key, std::string path) {
    const auto id = whole_number(key);
    if (!id) return Error{ErrorCode::invalid_field, "Takes an id as it was received.", path};
    return *id;
}

Result<bus::Page> page_of(const std::optional<graphql::Key>& before, std::int64_t limit) {
    if (const auto checked = check_limit(limit); !checked) return checked.error();
    bus::Page page;
    page.limit = limit;
    if (!before) return page;
    const auto id = id_of(*before, "/before");
    if (!id) return id.error();
    page.before = *id;
    return page;
}

template <class Arguments>
Result<Arguments> asked_by_operator(Asker& asker, const graphql::RootField& field) {
    if (const auto good = check_operator(asker); !good) return good.error();
    return arguments_of<Arguments>(field);
}

template <class Arguments>
struct AskedForPage {
    Arguments arguments;
    bus::Page page;
};

template <class Arguments>
Result<AskedForPage<Arguments>> page_asked_by_operator(Asker& asker,
                                                       const graphql::RootField& field) {
    auto arguments = asked_by_operator<Arguments>(asker, field);
    if (!arguments) return arguments.error();
    const auto page = page_of(arguments->before, arguments->limit);
    if (!page) return page.error();
    return AskedForPage<Arguments>{std::move(*arguments), *page};
}

/// Returns null if there is no such row, also for an id that cannot be one (see whole_number).
template <class Row, class Show>
Result<graphql::json::value> shown_or_null(const Result<Row>& row, Show show) {
    if (row) return graphql::to_data(show(*row));
    if (row.error().code == ErrorCode::not_found) return graphql::json::value(nullptr);
    return row.error();
}

// Returns `before` for the next page, or nullopt if this is the last one.
template <class Row, class Id>
std::optional<graphql::RowId> next_of(const std::vector<Row>& rows, const bus::Page& page, Id id) {
    if (static_cast<std::int64_t>(rows.size()) < page.limit) return std::nullopt;
    return graphql::RowId{id(rows.back())};
}

bus::DeadLetterFilter filter_of(const graphql::DeadLetterFilter& wanted) {
    bus::DeadLetterFilter filter;
    filter.subscriber = wanted.subscriber;
    filter.event_type = wanted.event_type;
    filter.error_name = wanted.error;
    filter.event_id = wanted.event_id;
    filter.discarded = wanted.state == "DISCARDED";
    return filter;
}

}  // namespace

Resolved resolve_bus_statistics(Asker& asker, const graphql::RootField&) {
    if (const auto good = check_operator(asker); !good) co_return good.error();
    auto& operations = asker.environment.bus_admin;
    auto ask_stats = [&operations](auto resume) { operations.stats(std::move(resume)); };
    const auto stats = co_await await_result<bus::BusStats>(std::move(ask_stats));
    if (!stats) co_return stats.error();
    auto ask_all = [&operations](auto resume) { operations.subscribers(std::move(resume)); };
    const auto all = co_await await_result<std::vector<bus::SubscriberStatus>>(std::move(ask_all));
    if (!all) co_return all.error();
    graphql::BusStatistics answer;
    answer.total_subscriptions = stats->total_subscriptions;
    for (const auto& [type, count] : stats->subscriptions_by_type)
        answer.subscriptions_by_type.emplace(type, count);
    answer.dead_letter_count = stats->dead_letter_count;
    for (const auto& status : *all) answer.subscribers.push_back(shown(status));
    co_return graphql::to_data(answer);
}

Resolved resolve_dead_letters(Asker& asker, const graphql::RootField& field) {
    const auto wanted = page_asked_by_operator<graphql::DeadLettersArguments>(asker, field);
    if (!wanted) co_return wanted.error();
    const auto filter = filter_of(wanted->arguments.filter.value_or(graphql::DeadLetterFilter{}));
    auto ask = [&operations = asker.environment.bus_admin, &filter, &wanted](auto resume) {
        operations.dead_letters(filter, wanted->page, std::move(resume));
    };
    const auto letters = co_await await_result<std::vector<bus::DeadLetter>>(std::move(ask));
    if (!letters) co_return letters.error();
    graphql::DeadLetterPage answer;
    for (const auto& letter : *letters) answer.dead_letters.push_back(shown(letter));
    answer.next = next_of(*letters, wanted->page, [](const auto& one) { return one.delivery.id; });
    co_return graphql::to_data(answer);
}

Resolved resolve_dead_letter(Asker& asker, const graphql::RootField& field) {
    const auto arguments = asked_by_operator<graphql::IdArguments>(asker, field);
    if (!arguments) co_return arguments.error();
    const auto id = whole_number(arguments->id);
    if (!id) co_return graphql::json::value(nullptr);
    auto ask = [&operations = asker.environment.bus_admin, &id](auto resume) {
        operations.find_dead_letter(*id, std::move(resume));
    };
    const auto letter = co_await await_result<bus::DeadLetter>(std::move(ask));
    co_return shown_or_null(letter, [](const auto& one) { return shown_with_event(one); });
}

Resolved resolve_deliveries(Asker& asker, const graphql::RootField& field) {
    const auto wanted = page_asked_by_operator<graphql::DeliveriesArguments>(asker, field);
    if (!wanted) co_return wanted.error();
    auto ask = [&operations = asker.environment.bus_admin, &wanted](auto resume) {
        const auto& [arguments, page] = *wanted;
        operations.handler_log(arguments.handler, arguments.event_id, page, std::move(resume));
    };
    const auto rows = co_await await_result<std::vector<bus::HandlerLogRow>>(std::move(ask));
    if (!rows) co_return rows.error();
    graphql::DeliveryPage answer;
    for (const auto& row : *rows) answer.deliveries.push_back(shown(row));
    answer.next = next_of(*rows, wanted->page, [](const auto& one) { return one.id; });
    co_return graphql::to_data(answer);
}

Resolved resolve_replays(Asker& asker, const graphql::RootField& field) {
    const auto wanted = page_asked_by_operator<graphql::ReplaysArguments>(asker, field);
    if (!wanted) co_return wanted.error();
    auto ask = [&operations = asker.environment.bus_admin, &wanted](auto resume) {
        operations.replays(wanted->page, std::move(resume));
    };
    const auto replays = co_await await_result<std::vector<bus::Replay>>(std::move(ask));
    if (!replays) co_return replays.error();
    graphql::ReplayPage answer;
    for (const auto& replay : *replays) answer.replays.push_back(shown(replay));
    answer.next = next_of(*replays, wanted->page, [](const auto& one) { return one.id; });
    co_return graphql::to_data(answer);
}

Resolved resolve_replay(Asker& asker, const graphql::RootField& field) {
    const auto arguments = asked_by_operator<graphql::IdArguments>(asker, field);
    if (!arguments) co_return arguments.error();
    const auto id = whole_number(arguments->id);
    if (!id) co_return graphql::json::value(nullptr);
    auto ask = [&operations = asker.environment.bus_admin, &id](auto resume) {
        operations.find_replay(*id, std::move(resume));
    };
    const auto replay = co_await await_result<bus::Replay>(std::move(ask));
    co_return shown_or_null(replay, [](const auto& one) { return shown(one); });
}

}  // namespace rotacast::execution

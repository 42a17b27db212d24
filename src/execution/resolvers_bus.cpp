// The bus for its operators: statistics, dead letters, the ledger, replays.

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

/// `before` of the next page, unless this one is the last.
template <class Row, class Id>
std::optional<graphql::Key> next_of(const std::vector<Row>& rows, const bus::Page& page, Id id) {
    if (static_cast<std::int64_t>(rows.size()) < page.limit) return std::nullopt;
    return graphql::Key(std::to_string(id(rows.back())));
}

bus::LetterFilter filter_of(const graphql::DeadLetterFilter& wanted) {
    bus::LetterFilter filter;
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
    auto& operations = asker.services.operations;
    auto ask_stats = [&operations](auto resume) { operations.stats(std::move(resume)); };
    const auto stats = co_await asked<bus::BusStats>(std::move(ask_stats));
    if (!stats) co_return stats.error();
    auto ask_all = [&operations](auto resume) { operations.subscribers(std::move(resume)); };
    const auto all = co_await asked<std::vector<bus::SubscriberStatus>>(std::move(ask_all));
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
    if (const auto good = check_operator(asker); !good) co_return good.error();
    const auto arguments = arguments_of<graphql::DeadLettersArguments>(field);
    if (!arguments) co_return arguments.error();
    const auto page = page_of(arguments->before, arguments->limit);
    if (!page) co_return page.error();
    const auto filter = filter_of(arguments->filter.value_or(graphql::DeadLetterFilter{}));
    auto ask = [&operations = asker.services.operations, &filter, &page](auto resume) {
        operations.letters(filter, *page, std::move(resume));
    };
    const auto letters = co_await asked<std::vector<bus::DeadLetter>>(std::move(ask));
    if (!letters) co_return letters.error();
    graphql::DeadLetterPage answer;
    for (const auto& letter : *letters) answer.dead_letters.push_back(shown(letter));
    answer.next = next_of(*letters, *page, [](const auto& one) { return one.delivery.id; });
    co_return graphql::to_data(answer);
}

Resolved resolve_dead_letter(Asker& asker, const graphql::RootField& field) {
    if (const auto good = check_operator(asker); !good) co_return good.error();
    const auto arguments = arguments_of<graphql::IdArguments>(field);
    if (!arguments) co_return arguments.error();
    const auto id = whole_number(arguments->id);
    if (!id) co_return graphql::json::value(nullptr);
    auto ask = [&operations = asker.services.operations, &id](auto resume) {
        operations.find_letter(*id, std::move(resume));
    };
    const auto letter = co_await asked<bus::DeadLetter>(std::move(ask));
    if (!letter && letter.error().code == ErrorCode::not_found)
        co_return graphql::json::value(nullptr);
    if (!letter) co_return letter.error();
    co_return graphql::to_data(shown_with_event(*letter));
}

Resolved resolve_deliveries(Asker& asker, const graphql::RootField& field) {
    if (const auto good = check_operator(asker); !good) co_return good.error();
    const auto arguments = arguments_of<graphql::DeliveriesArguments>(field);
    if (!arguments) co_return arguments.error();
    const auto page = page_of(arguments->before, arguments->limit);
    if (!page) co_return page.error();
    auto ask = [&operations = asker.services.operations, &arguments, &page](auto resume) {
        operations.ledger(arguments->handler, arguments->event_id, *page, std::move(resume));
    };
    const auto rows = co_await asked<std::vector<bus::LedgerRow>>(std::move(ask));
    if (!rows) co_return rows.error();
    graphql::DeliveryPage answer;
    for (const auto& row : *rows) answer.deliveries.push_back(shown(row));
    answer.next = next_of(*rows, *page, [](const auto& one) { return one.id; });
    co_return graphql::to_data(answer);
}

Resolved resolve_replays(Asker& asker, const graphql::RootField& field) {
    if (const auto good = check_operator(asker); !good) co_return good.error();
    const auto arguments = arguments_of<graphql::ReplaysArguments>(field);
    if (!arguments) co_return arguments.error();
    const auto page = page_of(arguments->before, arguments->limit);
    if (!page) co_return page.error();
    auto ask = [&operations = asker.services.operations, &page](auto resume) {
        operations.replays(*page, std::move(resume));
    };
    const auto replays = co_await asked<std::vector<bus::Replay>>(std::move(ask));
    if (!replays) co_return replays.error();
    graphql::ReplayPage answer;
    for (const auto& replay : *replays) answer.replays.push_back(shown(replay));
    answer.next = next_of(*replays, *page, [](const auto& one) { return one.id; });
    co_return graphql::to_data(answer);
}

Resolved resolve_replay(Asker& asker, const graphql::RootField& field) {
    if (const auto good = check_operator(asker); !good) co_return good.error();
    const auto arguments = arguments_of<graphql::IdArguments>(field);
    if (!arguments) co_return arguments.error();
    const auto id = whole_number(arguments->id);
    if (!id) co_return graphql::json::value(nullptr);
    auto ask = [&operations = asker.services.operations, &id](auto resume) {
        operations.find_replay(*id, std::move(resume));
    };
    const auto replay = co_await asked<bus::Replay>(std::move(ask));
    if (!replay && replay.error().code == ErrorCode::not_found)
        co_return graphql::json::value(nullptr);
    if (!replay) co_return replay.error();
    co_return graphql::to_data(shown(*replay));
}

}  // namespace rotacast::execution

// events(after, limit): the events of the journal that the reader may see, in pages.

#include "execution/resolvers.hpp"
#include "graphql/answers.hpp"
#include "graphql/argument_budget.hpp"
#include "graphql/arguments.hpp"
#include "graphql/event_data.hpp"
#include "graphql/to_data.hpp"
#include "ws/topic_access.hpp"

#include <algorithm>

namespace rotacast::execution {
namespace {

/// Blocks of the journal that are searched for one page: a reader who may see little gets short
/// pages and asks again.
constexpr int blocks_max = 16;
/// A page ends at this size, or after one larger event: an operation may ask for several pages.
constexpr std::size_t page_bytes_max = 1024 * 1024;

using Block = Result<hub::PublicationBatchPtr>;

bool may_see(const Asker& asker, const hub::Publication& publication) {
    const auto policy = asker.environment.supervision.rules.on_loop(asker.loop).policy;
    return std::ranges::any_of(publication.topics, [&](const hub::Topic& topic) {
        return ws::may_watch(policy, asker.principal, topic);
    });
}

/// A page under construction; everything up to `at` was examined.
struct Filling {
    graphql::EventPage page;
    events::Position at;
    std::size_t limit;
    std::size_t bytes = 0;

    bool full() const { return page.events.size() >= limit || bytes >= page_bytes_max; }

    void add(const Asker& asker, const hub::PublicationBatch& block) {
        for (const auto& publication : block.publications()) {
            if (publication.position <= at) continue;
            if (full()) return;
            at = publication.position;
            if (!may_see(asker, publication)) continue;
            auto data = graphql::data_of(
                publication.event, publication.cursor, publication.event_id, publication.timestamp);
            if (!data) continue;
            page.events.push_back({std::move(*data)});
            bytes += graphql::bytes_held(page.events.back().data);
        }
        if (!full()) at = {block.up_to()};
    }
};

std::string cursor_at(const bus::JournalState& journal, const events::Position& position) {
    return to_string(events::Cursor{journal.epoch, position});
}

// Returns where reading starts; sets the page's gap if that is not where the client asked.
Result<events::Position> begin_of(const bus::JournalState& journal,
                                  const std::optional<graphql::CursorText>& after,
                                  graphql::EventPage& page) {
    const events::Position oldest{journal.first - 1};
    if (!after) return oldest;
    const auto cursor = events::Cursor::parse(*after);
    if (!cursor) return Error{ErrorCode::cursor_invalid, "", "/after"};
    const bool ours = cursor->epoch == journal.epoch;
    if (ours && cursor->position.offset > journal.last && !journal.shared)
        return Error{ErrorCode::cursor_invalid, "Nothing has happened there yet.", "/after"};
    if (ours && cursor->position >= oldest) return cursor->position;
    page.gap =
        graphql::EventGap{*after, cursor_at(journal, oldest), ours ? "trimmed" : "epoch_changed"};
    return oldest;
}

}  // namespace

Resolved resolve_events(Asker& asker, const graphql::RootField& field) {
    auto arguments = arguments_of<graphql::EventsArguments>(field);
    if (!arguments) co_return arguments.error();
    if (const auto checked = check_limit(arguments->limit); !checked) co_return checked.error();
    Filling filling{{}, {}, static_cast<std::size_t>(arguments->limit)};
    const auto journal = asker.environment.sources.journal.state();
    const auto begin = begin_of(journal, arguments->after, filling.page);
    if (!begin) co_return begin.error();
    filling.at = *begin;
    const auto end = journal.last;
    for (int blocks = 0; blocks < blocks_max && filling.at < events::Position{end}; ++blocks) {
        if (filling.full()) break;
        auto read = [&asker, after = events::Cursor{journal.epoch, filling.at}](auto resume) {
            asker.environment.sources.history.read(after, asker.loop, std::move(resume));
        };
        const auto block = co_await net::resumed_by<Block>(std::move(read));
        if (!block) co_return block.error();
        // Nothing more: retention deleted the rest, or this is the end.
        if (events::Position{(*block)->up_to()} <= filling.at) break;
        filling.add(asker, **block);
    }
    filling.page.cursor = cursor_at(journal, filling.at);
    filling.page.has_next_page = filling.at < events::Position{end};
    co_return graphql::to_data(filling.page);
}

Resolved resolve_cursor(Asker& asker, const graphql::RootField&) {
    const auto journal = asker.environment.sources.journal.state();
    co_return graphql::to_data(cursor_at(journal, {journal.last}));
}

}  // namespace rotacast::execution

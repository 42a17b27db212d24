#include "app/commands/table.hpp"
#include "base/json_text.hpp"
#include "events/event.hpp"
#include "store/journal_reader.hpp"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include <chrono>
#include <cstdio>
#include <thread>

namespace rotacast::app {
namespace {

constexpr std::size_t entries_at_a_time = 500;

/// Another process writes the file and cannot notify us. A person does not notice
/// this delay.
constexpr std::chrono::milliseconds poll_interval{100};

struct TailOptions {
    bool from_start = false;
    std::string from;
    bool until_end = false;
    bool json = false;
};

std::string json_line(const bus::Entry& entry, const std::string& cursor) {
    std::string line = "{\"cursor\":";
    append_json_string(line, cursor);
    line += ",\"event_id\":";
    append_json_string(line, to_string(entry.envelope.metadata.event_id.value_or(Uuid{})));
    line += ",\"event_type\":";
    append_json_string(line, entry.envelope.metadata.event_type);
    line += ",\"event\":";
    events::append_envelope(line, entry.envelope);
    return line += '}';
}

std::string readable_line(const bus::Entry& entry, const std::string& cursor) {
    const auto& envelope = entry.envelope;
    return cursor + "  " + to_string(entry.stored_at) + "  " + envelope.metadata.event_type + "  " +
           envelope.aggregate_type + " " + envelope.aggregate_id + "  by " + entry.publisher;
}

/// Prints the entries after its position and advances it.
class Tail {
  public:
    Tail(store::JournalReader& reader, store::JournalExtent extent, bool json)
        : reader_(reader), extent_(std::move(extent)), offset_(extent_.last), json_(json) {}

    Result<void> start_after(const std::string& cursor_text) {
        const auto cursor = *bus::Cursor::parse(cursor_text);
        if (cursor.epoch != extent_.epoch)
            return Error{ErrorCode::conflict,
                         "the cursor is of another journal (this one's epoch is " + extent_.epoch +
                             "); begin with --from-start",
                         ""};
        offset_ = cursor.position.whole_entries();
        return {};
    }

    void start_at_first() { offset_ = extent_.first - 1; }

    Result<void> print_new_entries() {
        while (offset_ < extent_.last) {
            report_gap();
            const auto batch =
                reader_.read(extent_.epoch, offset_, extent_.last, entries_at_a_time);
            if (!batch) return batch.error();
            if ((*batch)->entries.empty()) break;
            for (const auto& entry : (*batch)->entries) print(entry);
            std::fflush(stdout);
        }
        return {};
    }

    Result<void> refresh_extent() {
        auto extent = reader_.extent();
        if (!extent) return extent.error();
        if (extent->epoch != extent_.epoch)
            return Error{
                ErrorCode::conflict, "the journal was replaced by another; start again", ""};
        extent_ = std::move(*extent);
        return {};
    }

  private:
    /// Reports that retention has deleted entries that were not printed yet.
    void report_gap() {
        if (offset_ + 1 >= extent_.first) return;
        std::fprintf(stderr,
                     "entries %llu to %llu are no longer in the journal\n",
                     static_cast<unsigned long long>(offset_ + 1),
                     static_cast<unsigned long long>(extent_.first - 1));
        offset_ = extent_.first - 1;
    }

    void print(const bus::Entry& entry) {
        const auto cursor = to_string(bus::Cursor{extent_.epoch, {entry.offset}});
        std::printf("%s\n",
                    (json_ ? json_line(entry, cursor) : readable_line(entry, cursor)).c_str());
        offset_ = entry.offset;
    }

    store::JournalReader& reader_;
    store::JournalExtent extent_;
    bus::Offset offset_;
    bool json_;
};

Result<void> run_tail(const ConfigFlags& flags, const TailOptions& options) {
    const auto loaded = flags.load();
    if (!loaded) return loaded.error();
    const auto& database = loaded->config.database;
    auto reader = store::JournalReader::open(database);
    if (!reader)
        return Error{reader.error().code,
                     "cannot read the journal in " + database + ": " + reader.error().message,
                     ""};
    auto extent = reader->extent();
    if (!extent) return extent.error();
    Tail tail(*reader, std::move(*extent), options.json);
    if (options.from_start) tail.start_at_first();
    if (!options.from.empty())
        if (const auto started = tail.start_after(options.from); !started) return started;
    for (;;) {
        if (const auto printed = tail.print_new_entries(); !printed) return printed;
        if (options.until_end) return {};
        std::this_thread::sleep_for(poll_interval);
        if (const auto looked = tail.refresh_extent(); !looked) return looked;
    }
}

std::string check_cursor(const std::string& text) {
    return bus::Cursor::parse(text) ? "" : "must be a cursor, as `tail` prints it";
}

}  // namespace

void declare_tail(CLI::App& app, Invocation& invocation) {
    const auto options = std::make_shared<TailOptions>();
    auto* from_start = app.add_flag("--from-start",
                                    options->from_start,
                                    "Start with the oldest entry, not with the next new one");
    app.add_option("--from", options->from, "Start after this cursor")
        ->check(check_cursor)
        ->excludes(from_start)
        ->type_name("CURSOR");
    app.add_flag(
        "--until-end", options->until_end, "Stop at the newest entry; otherwise wait for more");
    app.add_flag(
        "--json", options->json, "One JSON object a line: cursor, event_id, event_type, event");
    const auto flags = ConfigFlags::add(app, invocation, {"database"});
    on_chosen(app, invocation, [options, flags] { return run_tail(*flags, *options); });
}

}  // namespace rotacast::app

#include "store/sqlite_outbox.hpp"

#include "base/log.hpp"
#include "store/outbox_request.hpp"

#include <pthread.h>

#include <utility>

namespace rotacast::store {
namespace {

Error outbox_refuses(const char* message) {
    return {ErrorCode::unavailable, message, ""};
}

}  // namespace

Result<std::unique_ptr<SqliteOutbox>> SqliteOutbox::open(const std::string& path,
                                                         SqliteOutboxOptions options) {
    auto lock = FileLock::take(path + ".lock", path);
    if (!lock) return lock.error();
    std::unique_ptr<SqliteOutbox> outbox(
        new SqliteOutbox(std::move(*lock), path, std::move(options)));
    if (auto opened = outbox->connect(); !opened) return opened.error();
    outbox->show(std::nullopt);
    outbox->thread_ = std::thread([raw = outbox.get()] { raw->run(); });
    pthread_setname_np(outbox->thread_.native_handle(), "outbox");
    return outbox;
}

SqliteOutbox::SqliteOutbox(FileLock lock, std::string path, SqliteOutboxOptions options)
    : lock_(std::move(lock)), path_(std::move(path)), options_(std::move(options)) {}

SqliteOutbox::~SqliteOutbox() {
    close();
}

void SqliteOutbox::add(bus::AppendRequest request, Added done) {
    auto text = outbox_text(std::move(request));
    if (!text) return done(text.error());
    std::vector<std::string> texts;
    texts.push_back(std::move(*text));
    add_texts(std::move(texts), true, std::move(done));
}

void SqliteOutbox::add_all(std::vector<bus::AppendRequest> requests, Added done) {
    std::vector<std::string> texts;
    texts.reserve(requests.size());
    for (auto& request : requests) {
        auto text = outbox_text(std::move(request));
        if (!text) return done(text.error());
        texts.push_back(std::move(*text));
    }
    add_texts(std::move(texts), false, std::move(done));
}

void SqliteOutbox::add_texts(std::vector<std::string> texts, bool bounded, Added done) {
    const auto rows = texts.size();
    std::size_t bytes = 0;
    for (const auto& text : texts) bytes += text.size();
    Request request{Add{std::move(texts), std::move(done)}, rows, bytes};
    if (auto refusal = enqueue(request, bounded))
        std::get<Add>(request.what).done(std::move(*refusal));
}

void SqliteOutbox::remove(std::vector<Sequence> rows, Removed done) {
    Request request{Remove{std::move(rows), 0, std::move(done)}};
    if (auto refusal = enqueue(request, false))
        if (auto& refused = std::get<Remove>(request.what).done) refused(std::move(*refusal));
}

void SqliteOutbox::remove_up_to(Sequence last, Removed done) {
    Request request{Remove{{}, last, std::move(done)}};
    if (auto refusal = enqueue(request, false))
        if (auto& refused = std::get<Remove>(request.what).done) refused(std::move(*refusal));
}

std::optional<Error> SqliteOutbox::enqueue(Request& request, bool bounded) {
    const std::scoped_lock lock(mutex_);
    if (closing_) return outbox_refuses("The outbox is closed.");
    const auto rows = state_.rows + queued_rows_ + request.rows;
    const auto bytes = state_.bytes + queued_bytes_ + request.bytes;
    if (bounded && (rows > options_.rows_max || bytes > options_.bytes_max))
        return outbox_refuses(
            "The outbox is full: too many events wait for the common order to be reachable again.");
    if (bounded && queued_bytes_ + request.bytes > options_.pending_bytes_max)
        return outbox_refuses("Too many events are waiting to be stored.");
    queued_rows_ += request.rows;
    queued_bytes_ += request.bytes;
    queue_.push_back(std::move(request));
    wake_.notify_one();
    return std::nullopt;
}

Result<std::vector<SqliteOutbox::Row>> SqliteOutbox::read(Sequence after,
                                                          std::size_t limit,
                                                          std::size_t bytes_max) {
    Result<std::vector<OutboxReader::Row>> found =
        outbox_refuses("The outbox cannot be read at present.");
    {
        const std::scoped_lock lock(reader_mutex_);
        if (reader_) found = reader_->read(after, limit, bytes_max);
    }
    if (!found) return found.error();
    std::vector<Row> rows;
    rows.reserve(found->size());
    for (const auto& row : *found)
        rows.push_back({row.sequence, row.stored_at, outbox_request(row.text)});
    return rows;
}

SqliteOutbox::State SqliteOutbox::state() const {
    const std::scoped_lock lock(mutex_);
    return state_;
}

void SqliteOutbox::close() {
    std::call_once(closed_, [this] {
        if (!thread_.joinable()) return;  // open() failed
        {
            const std::scoped_lock lock(mutex_);
            closing_ = true;
            wake_.notify_one();
        }
        thread_.join();
        if (!file_) log::error("The outbox was closed while its disk had failed.");
    });
}

}  // namespace rotacast::store

#include "http/key_set_source.hpp"

#include "base/log.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <fstream>
#include <memory>
#include <utility>

namespace rotacast::http {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

Error no_key_set(std::string message, std::string path) {
    return {ErrorCode::config_invalid, std::move(message), std::move(path)};
}

/// Reads at most one byte more than allowed, so that KeySet itself refuses a file that is too
/// large.
Result<std::string> read_file(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string content(auth::KeySet::document_bytes_max + 1, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (in.gcount() == 0) return no_key_set("the file is missing, empty or not readable", "");
    content.resize(static_cast<std::size_t>(in.gcount()));
    return content;
}

FetchLimits limits_of(const KeySetSourceOptions& options) {
    FetchLimits limits;
    limits.body_bytes_max = auth::KeySet::document_bytes_max;
    limits.patience = options.patience;
    return limits;
}

bool is_this_machine(std::string_view host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

KeySetSource::KeySetSource(asio::thread_pool& workers,
                           auth::TokenVerifier& verifier,
                           KeySetSourceOptions options)
    : verifier_(verifier),
      options_(std::move(options)),
      fetch_(limits_of(options_)),
      strand_(asio::make_strand(workers)),
      timer_(strand_),
      pause_(options_.refresh),
      retry_(options_.retry) {}

Result<void> KeySetSource::start() {
    if (!exists()) return {};
    if (auto found = find_place(); !found) return found;
    const auto loaded = load();
    const bool is_empty = loaded && verifier_.keys()->size() == 0;
    if (!options_.file.empty() && (!loaded || is_empty))
        return no_key_set(
            "tokens.jwks_file " + place_ + ": " +
                (loaded ? "it holds no key that can be used" : loaded.error().message),
            "tokens.jwks_file");
    if (!loaded)
        log::warn("no token keys yet from {}: {}; trying again", place_, loaded.error().message);
    verifier_.on_unknown_key([this] { demand(); });
    asio::post(strand_, [this] { arm(); });
    return {};
}

// The pool ends the timer itself; a refresh that is already running sees the flag.
void KeySetSource::stop() {
    stopped_ = true;
    fetch_.cancel();
}

void KeySetSource::reload() {
    if (!exists()) return;
    asio::post(strand_, [this] { refresh(); });
}

void KeySetSource::demand() {
    const auto now = Clock::now().time_since_epoch().count();
    const auto pause = std::chrono::duration_cast<Clock::duration>(options_.demand_pause).count();
    auto next = next_demand_.load(std::memory_order_relaxed);
    // If several threads see that it is time, one wins.
    if (now < next || !next_demand_.compare_exchange_strong(next, now + pause)) return;
    reload();
}

Result<void> KeySetSource::find_place() {
    if (!options_.file.empty() && !options_.url.empty())
        return no_key_set("tokens.jwks_file and tokens.jwks_url both name a key set; keep one",
                          "tokens.jwks_url");
    place_ = options_.file;
    if (!options_.file.empty()) return {};
    auto url = parse_url(options_.url);
    if (!url) return no_key_set("tokens.jwks_url " + std::string(url_form), "tokens.jwks_url");
    url_ = std::move(*url);
    place_ = url_.shown;
    if (!url_.secure && !is_this_machine(url_.host))
        log::warn(
            "the JWK Set is loaded without encryption: whoever can alter what {} sends can sign "
            "tokens; use https",
            place_);
    return {};
}

void KeySetSource::arm() {
    timer_.expires_after(pause_);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) refresh();
    });
}

// Cancels the pending wait, so that there is one at a time.
void KeySetSource::refresh() {
    if (stopped_) return;
    if (const auto loaded = load(); !loaded && !stopped_)
        log::warn("token keys from {} not refreshed: {}; keeping the {} keys in use",
                  place_,
                  loaded.error().message,
                  verifier_.keys()->size());
    arm();
}

Result<void> KeySetSource::load() {
    if (const auto taken = take(read()); !taken) {
        failures_.fetch_add(1, std::memory_order_relaxed);
        pause_ = std::min(options_.refresh, retry_);
        retry_ = pause_ * 2;
        return taken;
    }
    pause_ = options_.refresh;
    retry_ = options_.retry;
    return {};
}

Result<void> KeySetSource::take(Result<std::string> document) {
    if (!document) return document.error();
    if (*document == document_) return {};
    auto set = auth::KeySet::parse(*document);
    if (!set) return set.error();
    document_ = std::move(*document);
    tell(*set);
    verifier_.replace_keys(std::make_shared<const auth::KeySet>(std::move(*set)));
    return {};
}

Result<std::string> KeySetSource::read() {
    return options_.file.empty() ? fetch_.get(url_) : read_file(options_.file);
}

void KeySetSource::tell(const auth::KeySet& set) const {
    log::info("{} token keys from {}", set.size(), place_);
    for (const auto& reason : set.skipped())
        log::warn("token keys from {}: {}; this key is ignored", place_, reason);
    if (set.size() == 0) log::warn("there is no token key; RS256 and ES256 tokens are rejected");
}

}  // namespace rotacast::http

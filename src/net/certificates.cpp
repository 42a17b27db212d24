#include "net/certificates.hpp"

#include "base/log.hpp"

#include <utility>

#include <sys/stat.h>

namespace rotacast::net {
namespace {

std::string days(std::chrono::milliseconds time) {
    const auto count = std::chrono::floor<std::chrono::days>(time).count();
    return std::to_string(count) + (count == 1 ? " day" : " days");
}

std::int64_t nanoseconds(const timespec& time) {
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

std::string served_from(const ServerCertificate& certificate, const TlsFiles& files) {
    return "TLS certificate from " + files.certificate + ": " + certificate.about + ", expires " +
           to_string(certificate.expires);
}

}  // namespace

std::string ExpiryReminder::due(Timestamp now) {
    const bool is_early = now < not_before_;
    if (now < next_ || (!is_early && now < expires_ - ahead)) return "";
    next_ = now + pause;
    const auto at = to_string(expires_);
    if (is_early)
        return "the TLS certificate is not valid before " + to_string(not_before_) +
               "; clients refuse it until then; check this machine's clock";
    if (now >= expires_)
        return "the TLS certificate expired at " + at +
               "; clients refuse it; replace its files, the server reads them again by itself";
    return "the TLS certificate expires in " + days(expires_ - now) + ", at " + at +
           "; renew it, the server reads its files again by itself";
}

Result<std::shared_ptr<Certificates>> Certificates::open(TlsFiles files, Timestamp now) {
    const Identities before{identity_of(files.certificate), identity_of(files.key)};
    auto first = load_certificate(files);
    if (!first) return first.error();
    auto made = std::make_shared<Certificates>(std::move(files), std::move(*first));
    made->served_ = before;
    log::info("{}", served_from(made->current_, made->files_));
    made->remind(now);
    return made;
}

Certificates::Certificates(TlsFiles files, ServerCertificate first)
    : files_(std::move(files)),
      served_{},
      current_(std::move(first)),
      reminder_(current_.not_before, current_.expires) {}

std::shared_ptr<boost::asio::ssl::context> Certificates::context() const {
    const std::lock_guard lock(mutex_);
    return current_.context;
}

void Certificates::reload(TlsFiles files, Timestamp now) {
    files_ = std::move(files);
    if (const auto tried = try_files(now); !tried) tell_refused(tried.error().message);
    remind(now);
}

void Certificates::look(Timestamp now) {
    const auto before = std::exchange(refused_, "");
    if (identities() == served_)
        told_.clear();
    else if (!try_files(now) && refused_ == before && refused_ != told_)
        tell_refused(refused_);
    remind(now);
}

// The identities are taken first: a file that is replaced while it is read is looked at again.
Result<void> Certificates::try_files(Timestamp now) {
    const auto found = identities();
    auto next = load_certificate(files_);
    if (next && now >= next->expires)
        next = Error{ErrorCode::config_invalid,
                     "the TLS certificate " + files_.certificate + " expired at " +
                         to_string(next->expires) + "; renew it",
                     "tls.certificate_file"};
    if (next && now < next->not_before)
        next = Error{ErrorCode::config_invalid,
                     "the TLS certificate " + files_.certificate + " is not valid before " +
                         to_string(next->not_before) + "; it will be served then",
                     "tls.certificate_file"};
    if (!next) {
        refused_ = next.error().message;
        return next.error();
    }
    served_ = found;
    refused_.clear();
    told_.clear();
    serve(std::move(*next));
    return {};
}

void Certificates::serve(ServerCertificate next) {
    reminder_ = {next.not_before, next.expires};
    log::info("{}; new connections get it", served_from(next, files_));
    const std::lock_guard lock(mutex_);
    current_ = std::move(next);
}

void Certificates::tell_refused(const std::string& reason) {
    told_ = reason;
    log::error(
        "{}. The old certificate stays in service ({}, expires {}); the files are tried "
        "again by themselves",
        reason,
        current_.about,
        to_string(current_.expires));
}

void Certificates::remind(Timestamp now) {
    if (const auto words = reminder_.due(now); !words.empty()) log::warn("{}", words);
}

Certificates::Identity Certificates::identity_of(const std::string& file) {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0) return {};
    return {found.st_dev,
            found.st_ino,
            found.st_size,
            nanoseconds(found.st_mtim),
            nanoseconds(found.st_ctim)};
}

Certificates::Identities Certificates::identities() const {
    return {identity_of(files_.certificate), identity_of(files_.key)};
}

}  // namespace rotacast::net

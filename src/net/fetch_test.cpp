#include "net/fetch.hpp"

#include "net/key_server_for_tests.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace rotacast::net {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using testing::KeyServer;
using testing::ok_answer;

/// The document, or what is said instead.
std::string outcome(const std::string& url, FetchLimits limits = {}) {
    const auto address = parse_fetch_url(url);
    if (!address) return address.error().message;
    Fetch fetch(limits);
    auto document = fetch.get(*address);
    return document ? *document : document.error().message;
}

TEST(Fetch, GetsADocument) {
    KeyServer server(ok_answer("{\"keys\":[]}"));
    EXPECT_EQ(outcome(server.url("/a/b?c=d#e")), "{\"keys\":[]}");
    const auto request = server.last_request();
    EXPECT_TRUE(request.starts_with("GET /a/b?c=d HTTP/1.1\r\n")) << request;
    EXPECT_NE(request.find("Host: 127.0.0.1:"), std::string::npos);
    EXPECT_EQ(request.find("Authorization"), std::string::npos);
    server.answer(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
    EXPECT_EQ(outcome(server.url()), "abc");
}

TEST(Fetch, SendsUserAndPasswordOfTheUrl) {
    KeyServer server(ok_answer("x"));
    auto url = server.url();
    url.insert(url.find("127"), "me:p%40ss@");
    EXPECT_EQ(outcome(url), "x");
    EXPECT_NE(server.last_request().find("Authorization: Basic bWU6cEBzcw==\r\n"),
              std::string::npos);
}

TEST(Fetch, OtherStatusesAreRefusedAndRedirectsNotFollowed) {
    KeyServer server("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nkeys");
    EXPECT_EQ(outcome(server.url()), "the server answered with status 500");
    server.answer("HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(outcome(server.url()),
              "the server answered with status 302; redirects are not followed");
    EXPECT_EQ(server.requests(), 2u);
}

TEST(Fetch, TooMuchIsRefused) {
    FetchLimits limits;
    limits.body_bytes_max = 10;
    KeyServer server(ok_answer("0123456789"));
    EXPECT_EQ(outcome(server.url(), limits), "0123456789");
    server.answer(ok_answer("0123456789a"));
    EXPECT_EQ(outcome(server.url(), limits), "the document is larger than 10 bytes");
    server.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" +
                  std::string(100, 'x'));
    EXPECT_EQ(outcome(server.url(), limits), "the document is larger than 10 bytes");
    server.answer("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'));
    EXPECT_EQ(outcome(server.url(), limits), "the answer is broken off or no HTTP");
}

TEST(Fetch, GarbageIsRefused) {
    KeyServer server("220 mail.example ESMTP\r\n\r\n");
    EXPECT_EQ(outcome(server.url()), "the answer is broken off or no HTTP");
}

TEST(Fetch, GivesUpOnAServerThatStops) {
    FetchLimits limits;
    limits.patience = 50ms;
    constexpr const char* too_slow = "there was no whole answer within 50 ms";
    KeyServer server("");
    EXPECT_EQ(outcome(server.url(), limits), too_slow);
    server.answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    EXPECT_EQ(outcome(server.url(), limits), too_slow);
}

TEST(Fetch, OneThatWasGivenUpLeavesTheNextAlone) {
    FetchLimits limits;
    limits.patience = 200ms;
    KeyServer server("");
    const auto address = parse_fetch_url(server.url()).value();
    Fetch fetch(limits);
    EXPECT_FALSE(fetch.get(address));
    server.answer(ok_answer("x"));
    EXPECT_EQ(fetch.get(address).value(), "x");
}

TEST(Fetch, CanBeCancelled) {
    FetchLimits limits;
    limits.patience = 1h;
    KeyServer server("");
    const auto address = parse_fetch_url(server.url()).value();
    Fetch fetch(limits);
    std::thread canceller([&] {
        server.await_requests(1);
        fetch.cancel();
    });
    EXPECT_EQ(fetch.get(address).error().message, "the fetch was cancelled");
    canceller.join();
    EXPECT_EQ(fetch.get(address).error().message, "the fetch was cancelled");
    EXPECT_EQ(server.requests(), 1u);
}

TEST(Fetch, NobodyThere) {
    std::string url;
    {
        KeyServer server("");
        url = server.url();
    }
    EXPECT_EQ(outcome(url), "the server cannot be reached");
}

TEST(FetchUrl, IsTakenApart) {
    const auto plain = parse_fetch_url("http://id.example");
    ASSERT_TRUE(plain);
    EXPECT_FALSE(plain->secure);
    EXPECT_EQ(plain->port, "80");
    EXPECT_EQ(plain->target, "/");
    const auto full = parse_fetch_url("https://user:pass@[::1]:8443/a/b?key=secret#f");
    ASSERT_TRUE(full);
    EXPECT_TRUE(full->secure);
    EXPECT_EQ(full->host, "::1");
    EXPECT_EQ(full->port, "8443");
    EXPECT_EQ(full->target, "/a/b?key=secret");
    EXPECT_EQ(full->shown, "https://[::1]:8443/a/b");
    EXPECT_EQ(parse_fetch_url("https://id.example/x")->port, "443");
    for (const char* bad : {"",
                            "x",
                            "/jwks",
                            "file:///etc/x",
                            "ftp://h/",
                            "http://",
                            "http:///x",
                            "https://h/a b",
                            "http://h\r\n/",
                            "//h/x"}) {
        const auto refused = parse_fetch_url(bad);
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().code, ErrorCode::config_invalid);
    }
}

/// A server's certificate, signed by itself, for this machine's address or another name; in a file
/// of its own that goes with it.
class Certificate {
  public:
    explicit Certificate(const char* alternative_name) : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free) {
        const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), &X509_free);
        auto* x509 = certificate.get();
        X509_set_version(x509, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
        X509_gmtime_adj(X509_getm_notBefore(x509), -60);
        X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
        auto* name = X509_get_subject_name(x509);
        X509_NAME_add_entry_by_txt(name,
                                   "CN",
                                   MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("rotacast test"),
                                   -1,
                                   -1,
                                   0);
        X509_set_issuer_name(x509, name);
        X509_set_pubkey(x509, key_.get());
        add(x509, NID_basic_constraints, "critical,CA:TRUE");
        add(x509, NID_subject_alt_name, alternative_name);
        X509_sign(x509, key_.get(), EVP_sha256());

        auto pattern = (std::filesystem::temp_directory_path() / "rotacast-XXXXXX").string();
        ::close(mkstemp(pattern.data()));
        file_ = pattern;
        const std::unique_ptr<FILE, int (*)(FILE*)> out(std::fopen(file_.c_str(), "w"), &fclose);
        PEM_write_X509(out.get(), x509);
        SSL_CTX_use_certificate(tls_.native_handle(), x509);
        SSL_CTX_use_PrivateKey(tls_.native_handle(), key_.get());
    }
    ~Certificate() { std::filesystem::remove(file_); }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    asio::ssl::context& tls() { return tls_; }
    const std::string& file() const { return file_; }

  private:
    static void add(X509* x509, int what, const char* value) {
        const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
            X509V3_EXT_conf_nid(nullptr, nullptr, what, value), &X509_EXTENSION_free);
        X509_add_ext(x509, extension.get(), -1);
    }

    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
    asio::ssl::context tls_{asio::ssl::context::tls_server};
    std::string file_;
};

/// The system's store of certificates is this file, for a while.
class TrustedFile {
  public:
    explicit TrustedFile(const std::string& file) { setenv("SSL_CERT_FILE", file.c_str(), 1); }
    ~TrustedFile() { unsetenv("SSL_CERT_FILE"); }
};

TEST(FetchByTls, TakesWhatTheSystemTrusts) {
    Certificate certificate("IP:127.0.0.1");
    KeyServer server(ok_answer("x"), &certificate.tls());
    EXPECT_TRUE(outcome(server.url()).starts_with("its certificate is not trusted: self"))
        << outcome(server.url());
    const TrustedFile trusted(certificate.file());
    EXPECT_EQ(outcome(server.url()), "x");
    EXPECT_EQ(server.requests(), 1u);
}

TEST(FetchByTls, RefusesACertificateOfAnotherName) {
    Certificate certificate("DNS:id.example,IP:127.0.0.2");
    KeyServer server(ok_answer("x"), &certificate.tls());
    const TrustedFile trusted(certificate.file());
    EXPECT_TRUE(outcome(server.url()).starts_with("its certificate is not trusted"))
        << outcome(server.url());
    EXPECT_EQ(server.requests(), 0u);
}

}  // namespace
}  // namespace rotacast::net

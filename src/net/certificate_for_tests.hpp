#pragma once

// For tests: certificates that clients in this process can be made to trust.

#include <boost/asio/ssl/context.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <unistd.h>

namespace rotacast::net::testing {

namespace asio = boost::asio;

/// A self-signed server certificate for this machine's address or another name, in its own files,
/// which are deleted with it.
class Certificate {
  public:
    /// `expires_in`: from now; negative if it has expired. It began an hour before that or now.
    explicit Certificate(const char* alternative_name,
                         std::chrono::seconds expires_in = std::chrono::hours(1))
        : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free) {
        const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), &X509_free);
        auto* x509 = certificate.get();
        X509_set_version(x509, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
        const auto ends = static_cast<long>(expires_in.count());
        X509_gmtime_adj(X509_getm_notBefore(x509), std::min(0L, ends) - 3600);
        X509_gmtime_adj(X509_getm_notAfter(x509), ends);
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
        const std::unique_ptr<FILE, int (*)(FILE*)> key(std::fopen(key_file().c_str(), "w"),
                                                        &fclose);
        PEM_write_PrivateKey(key.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
        SSL_CTX_use_certificate(tls_.native_handle(), x509);
        SSL_CTX_use_PrivateKey(tls_.native_handle(), key_.get());
    }
    ~Certificate() {
        std::filesystem::remove(file_);
        std::filesystem::remove(key_file());
    }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    asio::ssl::context& tls() { return tls_; }
    const std::string& file() const { return file_; }
    std::string key_file() const { return file_ + ".key"; }

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

/// Makes this file the process's store of trusted certificates while it lives.
class TrustedFile {
  public:
    // NOLINTBEGIN(concurrency-mt-unsafe): no other thread of the tests reads the environment.
    explicit TrustedFile(const std::string& file) { setenv("SSL_CERT_FILE", file.c_str(), 1); }
    ~TrustedFile() { unsetenv("SSL_CERT_FILE"); }
    // NOLINTEND(concurrency-mt-unsafe)
};

}  // namespace rotacast::net::testing

#include "net/tls.hpp"

#include <boost/asio/buffer.hpp>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "net/ticket_keys.hpp"

namespace rotacast::net {

namespace ssl = boost::asio::ssl;

namespace {

constexpr std::size_t file_bytes_max = 1 << 20;  // a chain takes a few KB
constexpr std::size_t about_bytes_max = 400;

Error unusable(std::string message, std::string setting) {
    return {ErrorCode::config_invalid, std::move(message), std::move(setting)};
}

Error bad_certificate(const std::string& file, const std::string& why) {
    return unusable("the TLS certificate " + file + " " + why, "tls.certificate_file");
}

Error bad_key(const std::string& file, const std::string& why) {
    return unusable("the TLS key " + file + " " + why, "tls.key_file");
}

/// nullopt if it cannot be read; errno says why.
std::optional<std::string> content_of(const std::string& file) {
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::string content(file_bytes_max, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (in.bad()) return std::nullopt;
    content.resize(static_cast<std::size_t>(in.gcount()));
    return content;
}

std::string unread() {
    const std::string reason = std::generic_category().message(errno == 0 ? EIO : errno);
    return "cannot be read (" + reason + "); check its name and its mode";
}

std::string reason_of(const boost::system::error_code& error) {
    return " (" + error.message() + ")";
}

bool is_encrypted(const std::string& pem) {
    return pem.find("ENCRYPTED") != std::string::npos;
}

std::string text_in(BIO* memory) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory, &bytes);
    std::string text(bytes, static_cast<std::size_t>(std::max(size, 0L)));
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
    return text.substr(0, about_bytes_max);
}

using MemoryPtr = std::unique_ptr<BIO, decltype([](BIO* memory) { BIO_free(memory); })>;

std::string text_of(const X509_NAME* name) {
    const MemoryPtr out(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
    const auto text = text_in(out.get());
    return text.empty() ? "none" : text;
}

/// `DNS:rota.example, IP Address:192.0.2.1`; empty if there are none.
std::string alternative_names(const X509* certificate) {
    const int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
    if (at < 0) return "";
    const MemoryPtr out(BIO_new(BIO_s_mem()));
    X509V3_EXT_print(out.get(), X509_get_ext(certificate, at), 0, 0);
    return text_in(out.get());
}

std::string about(const X509* certificate) {
    auto text = "subject " + text_of(X509_get_subject_name(certificate));
    if (const auto names = alternative_names(certificate); !names.empty())
        text += ", names " + names;
    return text + ", issuer " + text_of(X509_get_issuer_name(certificate));
}

Timestamp time_of(const ASN1_TIME* time) {
    std::tm parts{};
    ASN1_TIME_to_tm(time, &parts);
    return Timestamp(std::chrono::seconds(::timegm(&parts)));
}

using CertificatePtr = std::unique_ptr<X509, decltype([](X509* one) { X509_free(one); })>;

/// Whether the key is that of a certificate further down in the file.
bool fits_a_later_one(const std::string& chain, const std::string& key_text) {
    const MemoryPtr key_in(BIO_new_mem_buf(key_text.data(), static_cast<int>(key_text.size())));
    const std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* key) { EVP_PKEY_free(key); })> key(
        PEM_read_bio_PrivateKey(
            key_in.get(), nullptr, [](char*, int, int, void*) { return -1; }, nullptr));
    const MemoryPtr in(BIO_new_mem_buf(chain.data(), static_cast<int>(chain.size())));
    bool fits = false;
    while (key && !fits) {
        const CertificatePtr one(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
        if (!one) break;
        fits = X509_check_private_key(one.get(), key.get()) == 1;
    }
    ERR_clear_error();
    return fits;
}

/// Forward secrecy and authenticated encryption alone (RFC 9325 §4.2). AES with 128 bits is what
/// processors compute fastest; a client that puts ChaCha20 first is one without AES in hardware.
void agree_on_what_is_cheap(SSL_CTX& context) {
    SSL_CTX_set_options(&context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_ciphersuites(
        &context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
    SSL_CTX_set_cipher_list(&context, "ECDHE+AESGCM+AES128:ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set1_groups_list(&context, "X25519:P-256:P-384");
}

std::shared_ptr<ssl::context> new_context() {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    SSL_CTX* native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // Idle connections release their record buffers (about 34 KB).
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    // Reads what has come in one call, not a record's header first.
    SSL_CTX_set_read_ahead(native, 1);
    // What a client needs to resume is in its ticket; one is enough for a return.
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(native, 1);
    use_ticket_keys(*native);
    agree_on_what_is_cheap(*native);
    // OpenSSL would ask for a passphrase at the terminal, and the server would wait.
    SSL_CTX_set_default_passwd_cb(native, [](char*, int, int, void*) { return -1; });
    return context;
}

}  // namespace

Result<ServerCertificate> load_certificate(const TlsFiles& files) {
    const auto chain = content_of(files.certificate);
    if (!chain) return bad_certificate(files.certificate, unread());
    const auto key = content_of(files.key);
    if (!key) return bad_key(files.key, unread());
    ServerCertificate made{new_context(), "", {}, {}};
    SSL_CTX* native = made.context->native_handle();
    ERR_clear_error();
    boost::system::error_code error;
    made.context->use_certificate_chain(boost::asio::buffer(*chain), error);
    if (error)
        return bad_certificate(files.certificate,
                               "is no PEM certificate that can be served" + reason_of(error));
    if (is_encrypted(*key))
        return bad_key(files.key,
                       "is encrypted; store it without a passphrase, readable only by the server");
    made.context->use_private_key(boost::asio::buffer(*key), ssl::context::pem, error);
    if (error &&
        ERR_GET_REASON(static_cast<unsigned long>(error.value())) != X509_R_KEY_VALUES_MISMATCH)
        return bad_key(files.key, "is no PEM private key that can be used" + reason_of(error));
    if (error || SSL_CTX_check_private_key(native) != 1) {
        ERR_clear_error();
        if (fits_a_later_one(*chain, *key))
            return bad_certificate(files.certificate,
                                   "has its certificates in the wrong order; put the server's own, "
                                   "to which the key " +
                                       files.key + " belongs, first");
        return bad_key(files.key,
                       "does not belong to the certificate " + files.certificate +
                           "; replace both by a pair that was issued together");
    }
    const X509* own = SSL_CTX_get0_certificate(native);
    made.about = about(own);
    made.not_before = time_of(X509_get0_notBefore(own));
    made.expires = time_of(X509_get0_notAfter(own));
    return made;
}

}  // namespace rotacast::net

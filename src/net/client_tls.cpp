#include "net/client_tls.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

namespace rotacast::net {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using boost::system::error_code;

std::shared_ptr<ssl::context> new_client_tls() {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    return context;
}

TlsFailure failed_handshake(std::string message, TlsTrouble trouble = TlsTrouble::none) {
    return {std::move(message), trouble};
}

TlsFailure untrusted(long verdict) {
    switch (verdict) {
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:  // by another one of the same name
            return failed_handshake(
                "its certificate is signed by an authority that this machine does not know",
                TlsTrouble::unknown_authority);
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return failed_handshake("its certificate is for another name", TlsTrouble::other_name);
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return failed_handshake("its certificate has expired", TlsTrouble::expired);
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return failed_handshake("its certificate is not valid yet", TlsTrouble::not_yet_valid);
        default:
            return failed_handshake(std::string("its certificate is not trusted: ") +
                          X509_verify_cert_error_string(verdict));
    }
}

/// What a server answers that does not speak TLS is no record of TLS.
bool is_no_record(const error_code& error) {
    if (error.category() != asio::error::get_ssl_category()) return false;
    const int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
    return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
           reason == SSL_R_PACKET_LENGTH_TOO_LONG;
}

}  // namespace

std::shared_ptr<ssl::context> make_client_tls() {
    auto context = new_client_tls();
    error_code unreadable;
    context->set_default_verify_paths(unreadable);
    return unreadable ? nullptr : context;
}

std::shared_ptr<ssl::context> make_client_tls(const std::string& ca_file) {
    auto context = new_client_tls();
    error_code unreadable;
    context->load_verify_file(ca_file, unreadable);
    // A certificate in the file is trusted even if nothing says who signed it.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context->native_handle()),
                                X509_V_FLAG_PARTIAL_CHAIN);
    return unreadable ? nullptr : context;
}

// OpenSSL itself compares, so that it says what is wrong.
bool expect_name(SSL* session, const std::string& host) {
    error_code no_address;
    asio::ip::make_address(host, no_address);
    auto* rules = SSL_get0_param(session);
    if (!no_address) return X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1;
    return X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1 &&
           SSL_set_tlsext_host_name(session, host.c_str()) == 1;  // RFC 6066 §3: no addresses
}

TlsFailure tls_failure(SSL* session, const error_code& error) {
    if (const auto verdict = SSL_get_verify_result(session); verdict != X509_V_OK)
        return untrusted(verdict);
    if (is_no_record(error)) return failed_handshake("it does not speak TLS", TlsTrouble::no_tls);
    return failed_handshake("TLS could not be agreed on");
}

}  // namespace rotacast::net

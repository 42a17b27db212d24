#include "net/tls.hpp"

#include <openssl/ssl.h>

namespace rotacast::net {

namespace ssl = boost::asio::ssl;

namespace {

Error unusable(const std::string& what, const std::string& file) {
    return {ErrorCode::config_invalid, what + " cannot be used: " + file, ""};
}

}  // namespace

Result<std::shared_ptr<ssl::context>> make_tls_context(const std::string& certificate_file,
                                                       const std::string& key_file) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    SSL_CTX* native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // Idle connections release their record buffers (about 34 KB).
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    boost::system::error_code error;
    context->use_certificate_chain_file(certificate_file, error);
    if (error) return unusable("TLS certificate", certificate_file);
    context->use_private_key_file(key_file, ssl::context::pem, error);
    if (error) return unusable("TLS key", key_file);
    if (SSL_CTX_check_private_key(native) != 1) {
        return unusable("TLS key (it does not belong to the certificate)", key_file);
    }
    return context;
}

}  // namespace rotacast::net

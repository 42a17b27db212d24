#include "app/commands/server_client.hpp"

#include "app/commands/input.hpp"
#include "net/client_tls.hpp"

#include <CLI/App.hpp>

namespace rotacast::app {
namespace {

constexpr std::size_t answer_bytes_max = 16 << 20;  // 1000 dead letters take 2 MB

Result<std::shared_ptr<boost::asio::ssl::context>> trust_of(const std::string& ca_file) {
    auto tls = ca_file.empty() ? net::make_client_tls() : net::make_client_tls(ca_file);
    if (!tls)
        return Error{ErrorCode::unavailable,
                     ca_file.empty()
                         ? "the system's certificates cannot be read; name the server's "
                           "authority with --ca-file"
                         : "cannot read a PEM certificate from " + ca_file,
                     ""};
    return tls;
}

}  // namespace

void ServerFlags::declare_server(CLI::App& app) {
    app.add_option("--url", url, "The server, http or https [" + url + "]")->type_name("URL");
    app.add_option("--ca-file",
                   ca_file,
                   "PEM file with the authority of the server's certificate, or with that "
                   "certificate; by default the system's authorities are trusted")
        ->type_name("FILE");
}

void ServerFlags::declare_with_token(CLI::App& app, std::string_view whose) {
    declare_server(app);
    app.add_option("--token-file",
                   token_file,
                   "File with " + std::string(whose) + " token, as `rotacast token` prints it")
        ->required()
        ->type_name("FILE");
}

void ServerFlags::declare_with_api_key(CLI::App& app) {
    declare_server(app);
    app.add_option("--api-key-file", api_key_file, "File with a key of `rotacast key add`")
        ->required()
        ->type_name("FILE");
}

Result<ServerClient> ServerClient::open(const ServerFlags& flags) {
    auto base = flags.url;
    while (base.ends_with('/')) base.pop_back();
    auto server = http::parse_url(base);
    if (!server) return Error{ErrorCode::invalid_field, "--url " + std::string(http::url_form), ""};
    if (server->target == "/") server->target.clear();
    if (!flags.ca_file.empty() && !server->secure)
        return Error{
            ErrorCode::invalid_field, "--ca-file is for https; write https:// in --url", ""};
    const bool by_token = !flags.token_file.empty();
    auto secret = read_secret_line(by_token ? flags.token_file : flags.api_key_file);
    if (!secret) return secret.error();
    ServerClient client;
    client.server_ = std::move(*server);
    if (by_token)
        client.server_.authorization = "Bearer " + *secret;
    else
        client.credentials_.emplace_back("X-API-Key", std::move(*secret));
    if (client.server_.secure) {
        auto tls = trust_of(flags.ca_file);
        if (!tls) return tls.error();
        client.tls_ = std::move(*tls);
    }
    return client;
}

Result<http::ClientResponse> ServerClient::send(http::verb method,
                                                std::string_view target,
                                                Headers headers,
                                                std::string body,
                                                std::chrono::milliseconds timeout) const {
    http::ClientRequest request{server_, method};
    request.url.target += target;
    request.headers = std::move(headers);
    request.headers.insert(request.headers.end(), credentials_.begin(), credentials_.end());
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    request.body = std::move(body);
    http::ClientOptions options;
    options.body_bytes_max = answer_bytes_max;
    options.patience = timeout;
    options.tls = tls_;
    http::Client client(std::move(options));
    auto response = client.send(std::move(request));
    if (response) return std::move(*response);
    return Error{ErrorCode::unavailable,
                 "no answer from " + shown() + ": " + response.error().message +
                     std::string(advice_for(response.error(), server_.secure)),
                 ""};
}

std::string_view advice_for(const http::Failure& failure, bool secure) {
    using enum net::TlsTrouble;
    switch (failure.trouble) {
        case unknown_authority: return "; give that authority's certificate with --ca-file";
        case other_name: return "; use a name that the certificate has in --url";
        case expired: return "; the server needs a renewed one";
        case not_yet_valid: return "; check the clock of this machine";
        case no_tls: return "; if it speaks plain HTTP, write http:// in --url";
        case none: break;
    }
    using enum http::FailureKind;
    if (failure.kind == connect_refused) return "; is a server running there?";
    if (!secure && (failure.kind == bad_answer || failure.kind == connection_broken))
        return "; if it speaks TLS, write https:// in --url";
    return "";
}

}  // namespace rotacast::app
